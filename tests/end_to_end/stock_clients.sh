#!/bin/sh
# stock_clients.sh FOLDER: puts the clients and load tools that users bring into FOLDER, once for each version named here. What cannot
# be had is told on stderr and left out; the test skips it. Go makes three of them, PyPI has others, and Triton's example programs come
# from its client repository, or from the copy of it at CONVOY_TRITON_CLIENT.
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1" || exit 1
folder=$PWD

exec 9>"$folder/lock"
flock 9

missing() {
  echo "stock clients: $1 cannot be had here" >&2
}

# go_tool NAME PACKAGE VERSION
go_tool() {
  [ "$(cat "go/$1.version" 2>/dev/null)" = "$3" ] && return
  if GOBIN=$folder/go timeout 300 go install "$2@$3" >&2; then
    echo "$3" >"go/$1.version"
  else
    missing "$1"
  fi
}

mkdir -p go
go_tool grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl v1.9.4
go_tool grpc-health-probe github.com/grpc-ecosystem/grpc-health-probe v0.4.61
go_tool ghz github.com/bojand/ghz/cmd/ghz v0.93.0

commit=58a44caa0dce77303115302e6dbdf64626b2b093  # of May 2026
if [ ! -d "examples-$commit" ]; then
  rm -rf checkout && git init --quiet checkout &&
    GIT_TERMINAL_PROMPT=0 timeout 60 git -C checkout fetch --quiet --depth 1 \
      "${CONVOY_TRITON_CLIENT:-https://github.com/triton-inference-server/client}" "$commit" >&2 &&
    git -C checkout checkout --quiet "$commit" -- src/python/examples &&
    mv checkout/src/python/examples "examples-$commit" && ln -sfn "examples-$commit" examples || missing "Triton's example programs"
  rm -rf checkout
fi
timeout 300 "$here/venv.sh" "$folder/tritonclient" "$here/stock_clients_requirements.txt" >&2 || missing "tritonclient with all its extras"

# perf_analyzer is in the wheel of this tritonclient; newer ones need a glibc newer than Debian 12's.
timeout 300 "$here/venv.sh" "$folder/perf_analyzer" "$here/perf_analyzer_requirements.txt" >&2 || missing "perf_analyzer"
library=$(ldconfig -p | grep -o '/.*/libb64\.so\.0d$')
if [ -z "$library" ] && [ -z "$(find lib -name libb64.so.0d 2>/dev/null)" ]; then
  { apt-get download libb64-0d && dpkg-deb -x libb64-0d_*.deb lib && rm libb64-0d_*.deb; } >&2 2>/dev/null || missing "libb64 of perf_analyzer"
fi
exit 0
