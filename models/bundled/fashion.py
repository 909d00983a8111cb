"""Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT) as numpy arrays, from Debian's package dataset-fashion-mnist.

The 10,000 test images take no part in training or in choosing settings: settings are compared on the
5,000 training images that split() sets aside.
"""

import gzip
import pathlib
import struct

import numpy as np

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
SIZE = 28  # pixels, both ways
CLASSES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
VALIDATION = 5000
SPLIT_SEED = 20170825


def read_idx(path):
    """The uint8 array of a gzip-compressed IDX file: two zero bytes, type 8, the rank, the extents, the values."""
    with gzip.open(path) as file:
        zero, kind, rank = struct.unpack(">HBB", file.read(4))
        if zero != 0 or kind != 8:
            raise SystemExit(f"{path} is no IDX file of unsigned bytes")
        shape = struct.unpack(f">{rank}I", file.read(4 * rank))
        return np.frombuffer(file.read(), np.uint8).reshape(shape)


def load(part):
    """(images uint8 [n, 28, 28], labels [n]) of `part`: "train" has 60,000, "t10k", the test part, 10,000."""
    images = FOLDER / f"{part}-images-idx3-ubyte.gz"
    if not images.exists():
        raise SystemExit(f"{images} is missing: apt-get install dataset-fashion-mnist")
    return read_idx(images), read_idx(FOLDER / f"{part}-labels-idx1-ubyte.gz").astype(np.int64)


def split(images, labels):
    """((training images, labels), (validation images, labels)): a seeded shuffle, the last 5,000 set aside."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(images))
    training, validation = order[:-VALIDATION], order[-VALIDATION:]
    return (images[training], labels[training]), (images[validation], labels[validation])
