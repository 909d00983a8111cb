#!/bin/sh
# roots.sh DIR: lays the root file systems of the images, from the Debian packages installed here and /usr/local/bin/convoy.
#   DIR/common   the program, the libraries it links to, the Vulkan loader, Intel's driver, and the two libraries that NVIDIA's driver
#                links to when it is injected (libEGL, libXext)
#   DIR/mesa     what is added to it for AMD's driver and the software one
#   DIR/cache    the one folder that the program writes to
# Of a package only the needed files are taken, with its copyright file and its record: scanners read var/lib/dpkg/status.d.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
libraries=/usr/lib/$(dpkg-query -W -f '${Architecture}' libc6 | sed 's/amd64/x86_64/; s/arm64/aarch64/')-linux-gnu
drivers=/usr/share/vulkan/icd.d

# take FILE ROOT: copies a file, and what it links to by name, under its real path.
take() {
  folder=$(realpath "$(dirname "$1")")
  mkdir -p "$2$folder"
  cp -a "$folder/$(basename "$1")" "$2$folder/"
  [ ! -L "$folder/$(basename "$1")" ] || take "$(realpath "$1")" "$2"
}

# needed FILE...: the libraries that these load, the dynamic linker among them.
needed() {
  ldd "$@" | awk '/=> \//{print $3} /^\t\//{print $1}' | sort -u
}

# owner FILE: its package. Files of /usr/lib are known to dpkg as /lib where the package still says so.
owner() {
  real=$(realpath "$1")
  { dpkg-query -S "$real" 2>/dev/null || dpkg-query -S "${real#/usr}"; } | sed 's/[:,].*//; 1q'
}

# describe ROOT PACKAGE...: the packages' records, copyright files and the list of them all.
describe() {
  root=$1
  shift
  mkdir -p "$root/var/lib/dpkg/status.d" "$root/usr/share/doc/convoy"
  for package in "$@"; do
    dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
  done
}

# fill ROOT FILE...: the files, what they need, and the packages that all of them come from.
fill() {
  root=$1
  shift
  for file in "$@" $(needed "$@"); do take "$file" "$root"; done
  # shellcheck disable=SC2046 # one word a package
  describe "$root" $(for file in "$@" $(needed "$@"); do [ "$file" = /usr/local/bin/convoy ] || owner "$file"; done | sort -u)
}

common=$out/common
mkdir -p "$common/usr/lib64" "$common/usr/lib" "$common/etc" "$common/tmp" "$common/proc" "$common/sys" "$common/dev" "$out/cache/convoy"
chmod 1777 "$common/tmp"
ln -s usr/lib "$common/lib"
ln -s usr/lib64 "$common/lib64"
echo 'convoy:x:65532:65532:Convoy:/var/cache/convoy:/usr/sbin/nologin' >"$common/etc/passwd"
echo 'convoy:x:65532:' >"$common/etc/group"
echo 'hosts: files dns' >"$common/etc/nsswitch.conf"
for file in /etc/debian_version /etc/os-release /usr/lib/os-release; do take $file "$common"; done
mkdir -p "$common/usr/share" "$out/mesa$drivers" "$common$drivers"
cp -a /usr/share/common-licenses "$common/usr/share/" # that the copyright files point to
describe "$common" base-files
fill "$common" /usr/local/bin/convoy "$libraries/libvulkan.so.1" "$libraries/libvulkan_intel.so" "$libraries/libEGL.so.1" \
  "$libraries/libXext.so.6"
cp -a "$drivers"/intel_icd.*.json "$common$drivers/"
cp LICENSE "$common/usr/share/doc/convoy/copyright"

# What the mesa image has besides: its packages are those of both.
mesa=$out/mesa
fill "$mesa" "$libraries/libvulkan_radeon.so" "$libraries/libvulkan_lvp.so"
cp -a "$drivers"/radeon_icd.*.json "$drivers"/lvp_icd.*.json "$mesa$drivers/"
(cd "$common" && find usr var -type f -o -type l) | (cd "$mesa" && xargs rm -f)

"$here/sbom.sh" "$common" >"$out/sbom"
"$here/sbom.sh" "$common" "$mesa" >"$mesa/usr/share/doc/convoy/sbom.spdx.json"
mv "$out/sbom" "$common/usr/share/doc/convoy/sbom.spdx.json"
chmod -R u=rwX,go=rX "$common" "$mesa" # no setuid bit comes along
chmod 1777 "$common/tmp"
