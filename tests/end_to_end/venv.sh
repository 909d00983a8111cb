#!/bin/sh
# venv.sh VENV REQUIREMENTS: makes the virtual environment VENV with the packages of the file REQUIREMENTS in it, once for each version
# of that file, and prints the path of its interpreter. Exit code 77, the tests' word for "skipped", when it is not there and the
# packages cannot be had.
set -eu
venv=$1
requirements=$2
wanted=$(sha256sum <"$requirements")

# Two tests may start at once.
exec 9>"$venv.lock"
flock 9

if [ "$(cat "$venv/requirements.sha256" 2>/dev/null || true)" != "$wanted" ]; then
  rm -rf "$venv"
  {
    python3 -m venv "$venv" &&
      "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  } >&2 || {
    rm -rf "$venv"
    echo "SKIPPED: the Python packages of $requirements cannot be installed (no package index in reach?)" >&2
    exit 77
  }
  echo "$wanted" >"$venv/requirements.sha256"
fi
echo "$venv/bin/python"
