#!/bin/sh
# peers.sh BUILD_DIR [OPTION...]: images per second beside other engines; see peers.py. CONVOY_PEERS_VENV is a virtual environment with
# those engines; without it the tests' own serves, which has ONNX Runtime alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
tests=$here/../end_to_end
if [ -n "${CONVOY_PEERS_VENV:-}" ]; then
  python=$CONVOY_PEERS_VENV/bin/python
else
  python=$("$tests/venv.sh" "$build/python-venv" "$tests/requirements.txt")
fi
exec "$python" "$here/peers.py" "$build" "$@"
