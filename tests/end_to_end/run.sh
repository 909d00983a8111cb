#!/bin/sh
# run.sh BUILD_DIR SCRIPT ARGUMENT...: runs a script of this folder in the tests' virtual environment, against BUILD_DIR/convoy.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
script=$2
shift 2
python=$("$here/venv.sh" "$build/python-venv" "$here/requirements.txt")

# Messages that the scripts read or write without generated code.
protoc --include_imports --descriptor_set_out="$build/end_to_end.protoset" \
  -I "$here/../../proto" -I "${ONNX_PROTO_DIR:-/usr/include}" convoy/v1/classify.proto onnx/onnx.proto

# A proxy is for the package index, not for a server on this host.
unset http_proxy https_proxy grpc_proxy HTTP_PROXY HTTPS_PROXY
CONVOY=$build/convoy CONVOY_PROTOSET=$build/end_to_end.protoset PYTHONPATH=$here exec "$python" "$script" "$@"
