"""Writes the samples folders of the bundled models: held-out pictures and the right answers.

    build/train/bin/python models/bundled/make_samples.py lenet5 --data build/train
    /usr/bin/python3 models/bundled/make_samples.py fashion_resnet clothes_unet

labels.txt has `file label` lines. A scene's label is a picture of the same size: the class of each pixel, times 60.
"""

import sys

sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import pathlib

import numpy as np

import digits
import fashion
import png
import scenes

FOLDER = pathlib.Path(__file__).resolve().parent
SCENES, SCENE_SEED = 6, 2017  # another seed than that of the test scenes, so other scenes
GRAY_OF_CLASS = np.uint8(60)  # masks can be looked at


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


def clothes_unet(folder, _):
    """The first scenes of test items with three classes of clothes, and their classes in the folder masks."""
    (folder / "masks").mkdir(exist_ok=True)
    wardrobe, rng = scenes.Wardrobe(*fashion.load("t10k")), np.random.default_rng(SCENE_SEED)
    lines = []
    while len(lines) < SCENES:
        picture, classes = scenes.scene(rng, wardrobe, scenes.SERVED)
        if len(np.unique(classes)) < 4:  # the background is one
            continue
        file = f"scene_{len(lines)}.png"
        (folder / file).write_bytes(png.encode(picture))
        (folder / "masks" / file).write_bytes(png.encode(GRAY_OF_CLASS * classes))
        lines.append(f"{file} masks/{file}\n")
    (folder / "labels.txt").write_text("".join(lines))


MODELS = {"lenet5": lenet5, "fashion_resnet": fashion_resnet, "clothes_unet": clothes_unet}


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
