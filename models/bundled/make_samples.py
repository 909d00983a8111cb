"""Writes the samples folders of the bundled models: held-out pictures and the right answers.

    build/train/bin/python models/bundled/make_samples.py lenet5 --data build/train
    /usr/bin/python3 models/bundled/make_samples.py fashion_resnet

labels.txt has `file label` lines.
"""

import sys

sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import pathlib

import numpy as np

import digits
import fashion
import png

FOLDER = pathlib.Path(__file__).resolve().parent


def write_first_of_each(folder, images, labels, names, stem):
    """The first image of each class and labels.txt."""
    lines = []
    for index, name in enumerate(names):
        file = f"{stem}_{index}.png"
        (folder / file).write_bytes(png.encode(images[np.flatnonzero(labels == index)[0]]))
        lines.append(f"{file} {name}\n")
    (folder / "labels.txt").write_text("".join(lines))


def lenet5(folder, arguments):
    """The first held-out digit of each class."""
    _, held_out = digits.split(*digits.load(digits.fetch(arguments.data)))
    write_first_of_each(folder, *held_out, range(10), "digit")


def fashion_resnet(folder, _):
    """The first test image of each class."""
    write_first_of_each(folder, *fashion.load("t10k"), fashion.CLASSES, "item")


MODELS = {"lenet5": lenet5, "fashion_resnet": fashion_resnet}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("models", nargs="+", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--data", default="build/train", help="where the digits' package is kept")
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER, help="the model repository")
    arguments = parser.parse_args()
    for model in arguments.models:
        folder = arguments.output / model / "samples"
        folder.mkdir(parents=True, exist_ok=True)
        MODELS[model](folder, arguments)


if __name__ == "__main__":
    main()
