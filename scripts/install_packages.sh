#!/bin/sh
# install_packages.sh SECTION...: installs the Debian packages of those sections of packages.txt that are missing. Needs root or
# sudo; without either it prints the command to run and fails.
set -eu
cd "$(dirname "$0")/.."

sections=$(echo "$@" | tr ' ' '|')
packages=$(awk -v want="^($sections)\$" '$1 ~ want {print $2}' packages.txt | sort -u)

missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "These Debian packages are missing, and this user may not install them:" >&2
  echo "  apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing:$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086 # one word a package
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends $missing
