#!/bin/sh
# throughput.sh BUILD_DIR [OPTION...]: images per second beside ONNX Runtime; see throughput.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
tests=$here/../end_to_end
python=$("$tests/venv.sh" "$build/python-venv" "$tests/requirements.txt")
exec "$python" "$here/throughput.py" "$build" "$@"
