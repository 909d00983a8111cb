"""newer_cases.py TARGET: copies the operator cases (kind "node") of the installed onnx package into the folder TARGET, without those
that Debian's libonnx-testdata has as well. Each is a folder with model.onnx and test_data_set_0."""

import importlib.metadata
import importlib.util
import pathlib
import shutil
import sys

DEBIAN_CASES = pathlib.Path("/usr/share/libonnx-testdata/data/node")


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    stamp = target / "version.txt"
    version = importlib.metadata.version("onnx")
    if stamp.exists() and stamp.read_text() == version:
        return
    shutil.rmtree(target, ignore_errors=True)
    package = pathlib.Path(importlib.util.find_spec("onnx").origin).parent
    count = 0
    for case in sorted((package / "backend" / "test" / "data" / "node").iterdir()):
        if not (DEBIAN_CASES / case.name).exists():
            shutil.copytree(case, target / case.name)
            count += 1
    if count == 0:
        sys.exit(f"onnx {version} has no cases that {DEBIAN_CASES} lacks")
    stamp.write_text(version)
    print(f"{count} cases of onnx {version} in {target}")


if __name__ == "__main__":
    main()
