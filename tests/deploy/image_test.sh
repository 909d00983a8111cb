#!/bin/bash
# image_test.sh BUILD_DIR: makes convoy:latest and convoy:mesa, and proves what they must be and do. Each runs as a careful operator runs
# it: user 65532, no new privileges, a read-only root and one writable folder, by namespaces and chroot in place of an engine.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/deploy
scripts/image.sh "$1" || { [ $? = 77 ] && exit 0; exit 1; } # 77: no images here, which it has said
program=/usr/local/bin/convoy
work=$(mktemp -d)
containers=()
server=
checks=0

# Bytes. What weighs: oneDNN 40 MB, the program 12, Intel's driver 11, gRPC 8; in mesa LLVM 117, ICU 33, Z3 23 besides.
declare -A limit=([latest]=110000000 [mesa]=310000000)

stop() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || { cat "$work/log" >&2; return 1; }
  server=
}
finish() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  for each in "${containers[@]}"; do buildah rm "$each" >/dev/null; done
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAILED: $*" >&2; [ ! -f "$work/log" ] || tail -20 "$work/log" >&2; exit 1; }
is() { # what, expected, got
  [ "$2" = "$3" ] || fail "$1 is '$3', expected '$2'"
  checks=$((checks + 1))
}

# inside ROOT COMMAND...: becomes the command, in the image. $work/cache lies at /var/cache/convoy, the one place to write to.
inside() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  exec unshare --mount bash -c '
    set -e
    root=$1 cache=$2 environment=$3
    shift 3
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount --bind "$cache" "$root/var/cache/convoy"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o size=64k,mode=755 tmpfs "$root/dev"
    for each in null zero full random urandom; do
      touch "$root/dev/$each"
      mount --bind "/dev/$each" "$root/dev/$each"
    done
    mapfile -t variables <"$environment"
    exec env -i "${variables[@]}" setpriv --no-new-privs /usr/sbin/chroot --userspec=65532:65532 --groups= "$root" "$@"
  ' _ "$1" "$work/cache" "$work/environment" "${@:2}"
}

check_settings() { # tag
  local field='{{.Docker.Config.'
  inspect() { buildah inspect --type image --format "$2" "convoy:$1"; }
  is "the user" 65532:65532 "$(inspect "$1" "${field}User}}")"
  is "the entry point" "[$program]" "$(inspect "$1" "${field}Entrypoint}}")"
  is "the licence label" Apache-2.0 "$(inspect "$1" "{{index .Docker.Config.Labels \"org.opencontainers.image.licenses\"}}")"
  is "the revision label" "$(git rev-parse HEAD)" "$(inspect "$1" "{{index .Docker.Config.Labels \"org.opencontainers.image.revision\"}}")"
  is "the date" "$(git log -1 --format=%ct)" "$(date -d "$(inspect "$1" '{{.Docker.Created.Format "2006-01-02T15:04:05Z07:00"}}')" +%s)"
  inspect "$1" "{{range .Docker.Config.Env}}{{println .}}{{end}}" | sed '/^$/d' >"$work/environment"
  is "NVIDIA's capabilities" 1 "$(grep -c '^NVIDIA_DRIVER_CAPABILITIES=.*graphics' "$work/environment")"
  grep -q ^PATH= "$work/environment" || echo PATH=/usr/local/bin >>"$work/environment"
}

check_files() { # tag, root
  local size
  size=$(du -s --apparent-size -B1 "$2" | cut -f1)
  [ "$size" -le "${limit[$1]}" ] || fail "convoy:$1 is $size bytes, allowed are ${limit[$1]}"
  echo "convoy:$1 $((size / 1000000)) MB, $(find "$2/var/lib/dpkg/status.d" -type f | wc -l) packages"
  is "files with setuid or setgid" "" "$(find "$2" -xdev -type f -perm /6000)"
  is "what everyone may write to" "$2/tmp" "$(find "$2" -xdev ! -type l -perm -o+w)"
  is "what the user owns" "$2/var/cache/convoy" "$(find "$2" -xdev -uid 65532 -path '*/convoy')"
  python3 $here/image_packages.py "$2" packages.txt || fail "the package list of convoy:$1"
  local file loader
  loader=$(cd "$2" && find usr/lib64 usr/lib -maxdepth 1 -name 'ld-linux*' | head -1)
  for file in $program $(cd "$2" && find usr/lib -name 'libvulkan_*.so' -printf '/%p '); do
    is "what $file misses" "" "$( (inside "$2" "/$loader" --list "$file") | grep 'not found' || true)"
  done
}

serve() { # root, argument...
  (inside "$1" $program serve /models --grpc-port "$port" --metrics-port 0 --lame-duck-seconds 0 "${@:2}") >"$work/log" 2>&1 &
  server=$!
}

# Serves, asks for all ten digits, and says how long the first answer took.
classify() { # tag, root, device, occasion
  local start
  start=$(date +%s%N)
  serve "$2" --device "$3"
  until (inside "$2" $program health -q -u "127.0.0.1:$port"); do
    kill -0 "$server" 2>/dev/null || fail "convoy:$1 ended on $3"
  done
  is "the answer" 7 "$(labels "$2" /models/lenet5/samples/digit_7.png)"
  echo "convoy:$1 on $3, $4: first answer after $((($(date +%s%N) - start) / 1000000)) ms"
  is "the digits on $3" "0 1 2 3 4 5 6 7 8 9" "$(labels "$2" /models/lenet5/samples | paste -sd' ')"
  stop || fail "convoy:$1 does not end with 0 after SIGTERM"
}
labels() { # root, picture or folder
  (inside "$1" $program classify -u "127.0.0.1:$port" -m lenet5 --json "$2") | sed -n 's/.*"label": "\(.*\)".*/\1/p'
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for tag in latest mesa; do
  container=$(buildah from --pull-never "localhost/convoy:$tag")
  containers+=("$container")
  root=$(buildah mount "$container")
  rm -rf "$work/cache"
  install -d -o 65532 -g 65532 "$work/cache"
  check_settings $tag
  check_files $tag "$root"
  classify $tag "$root" cpu "empty cache"
  classify $tag "$root" cpu "warm cache"
  [ $tag = mesa ] || continue
  classify $tag "$root" vulkan "empty cache"
  classify $tag "$root" vulkan "warm cache"
done
echo "images: $checks passed, 0 failed"
