#!/bin/sh
# throughput.sh BUILD_DIR [OPTION...]: images per second beside ONNX Runtime; see throughput.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
python=$("$here/../end_to_end/venv.sh" "$build")
exec "$python" "$here/throughput.py" "$build" "$@"
