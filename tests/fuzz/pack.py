#!/usr/bin/env python3
"""A corpus as one file, since it has hundreds of inputs: one behind the other, each behind its length in four little-endian bytes.

    pack.py pack FOLDER FILE.pack       inputs of at most MAX_BYTES, in the order of their bytes
    pack.py unpack FILE.pack FOLDER     each under the name that libFuzzer would give it
"""

import hashlib
import pathlib
import struct
import sys

MAX_BYTES = 4096


def pack(folder, file):
    inputs = sorted(path.read_bytes() for path in pathlib.Path(folder).iterdir())
    with open(file, "wb") as out:
        for each in inputs:
            if len(each) <= MAX_BYTES:
                out.write(struct.pack("<I", len(each)) + each)


def unpack(file, folder):
    packed = pathlib.Path(file).read_bytes()
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    at = 0
    while at < len(packed):
        (size,) = struct.unpack_from("<I", packed, at)
        each = packed[at + 4:at + 4 + size]
        (pathlib.Path(folder) / hashlib.sha1(each).hexdigest()).write_bytes(each)
        at += 4 + size


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])
