#!/bin/sh
# newer_cases.sh BUILD_DIR: leaves in BUILD_DIR/newer-onnx-cases the operator cases of the onnx package that Debian's libonnx-testdata
# lacks. Exit code 77 (skipped) when the package cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
python=$("$here/../../end_to_end/venv.sh" "$build/onnx-venv" "$here/requirements.txt")
exec "$python" "$here/newer_cases.py" "$build/newer-onnx-cases"
