#!/bin/sh
# run.sh TARGET SECONDS [libFuzzer option ...]: builds a fuzz target (infer, config, onnx, image) under the preset fuzz and runs it on one
# core. Needs Debian's clang-14 and libclang-rt-14-dev. The corpus grows in build/fuzz/corpus/TARGET from what is kept of former runs;
# findings lie in build/fuzz/findings and belong, made small, into tests/fuzz/corpus/TARGET.
#
#   tests/fuzz/run.sh onnx 600
#   build/fuzz/tests/fuzz/onnx_fuzz -merge=1 small build/fuzz/corpus/onnx && tests/fuzz/pack.py pack small tests/fuzz/corpus/onnx/found.pack
set -eu
target=$1
seconds=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/fuzz
here=$root/tests/fuzz

cd "$root"
[ -f "$build/CMakeCache.txt" ] || cmake --preset fuzz
cmake --build --preset fuzz --target "${target}_fuzz" fuzz_seeds

"$build/tests/fuzz/fuzz_seeds" "$root" "$build/seeds"
corpus=$build/corpus/$target
mkdir -p "$corpus" "$build/findings"
[ ! -f "$here/corpus/$target/found.pack" ] || python3 "$here/pack.py" unpack "$here/corpus/$target/found.pack" "$corpus"
# ONNX's operator cases, where Debian's libonnx-testdata is installed: every operator once, in a few hundred bytes.
more=
if [ "$target" = onnx ] && [ -d /usr/share/libonnx-testdata/data ]; then
  more=$build/seeds/onnx-cases
  mkdir -p "$more"
  find /usr/share/libonnx-testdata/data -name model.onnx -size -8k | while read -r file; do
    cp "$file" "$more/$(echo "$file" | md5sum | cut -c1-16)"
  done
fi
case $target in
  config) options="-max_len=8192 -dict=$here/config.dict" ;;
  image) options="-max_len=65536" ;;
  infer) options="-max_len=16384 -dict=$here/infer.dict" ;;
  *) options="-max_len=32768 -dict=$here/onnx.dict" ;;
esac
# A minute for one input, or 3 GiB, is a finding. Memory that malloc cannot give is null, as in the program.
ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
  exec "$build/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=3072 -print_final_stats=1 \
  -artifact_prefix="$build/findings/$target-" $options "$@" "$corpus" "$here/corpus/$target" "$build/seeds/$target" $more
