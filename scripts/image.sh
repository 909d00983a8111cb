#!/bin/bash
# image.sh BUILD_DIR: builds convoy:latest and convoy:mesa from docker/Dockerfile by buildah, with the program of BUILD_DIR. Needs root,
# but no engine and no image registry: the base is made of Debian packages by mmdebstrap, from this machine's own mirrors. It holds the
# runtime packages already and is made anew each day, so that security updates come in.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
# Some hosts, and most containers, allow no mounts.
if ! (container=$(buildah from scratch) && buildah mount "$container" && buildah rm "$container") >/dev/null 2>&1; then
  echo "SKIPPED: buildah cannot make images here (it needs root and the right to mount)" >&2
  exit 77
fi
version=$(sed -n 's/^project(convoy VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

runtime=$(awk '$1=="runtime"{print $2}' packages.txt | paste -sd,)
base=localhost/convoy-base:$(echo "$runtime $(date +%F)" | sha256sum | cut -c1-12)
if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # Documentation but the copyright files stays out, and nothing is synced to the disk: the folder is packed up anyway.
  mmdebstrap --quiet --variant=minbase --include="$runtime" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    bookworm "$folder/base.tar"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$folder/base.tar" / >/dev/null
  buildah commit --quiet --rm "$container" "$base" >/dev/null
fi

rm -rf build/image/program
DESTDIR=$PWD/build/image/program cmake --install "$build" --strip >/dev/null

for target in mesa latest; do # both share all stages but the last
  buildah bud --quiet --isolation chroot --format docker --layers --timestamp "$SOURCE_DATE_EPOCH" --target $target \
    --build-arg BASE="$base" --build-arg PROGRAM=given --build-arg VERSION="$version" \
    --build-arg REVISION="$(git rev-parse HEAD)" --build-arg SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    --build-arg CREATED="$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
    -f docker/Dockerfile -t convoy:$target . >/dev/null
  buildah images --noheading convoy:$target
done
