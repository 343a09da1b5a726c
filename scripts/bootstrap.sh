#!/bin/sh
# Makes .venv with uv in it, from nothing but python3. $1: the version of uv.
set -eu

version=$1
if ! python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; then
    echo "MemoryHub needs Python 3.11 to 3.13; python3 is $(python3 --version 2>&1)." >&2
    exit 1
fi
# Debian splits ensurepip off into python3-venv.
if ! python3 -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv …"
        apt-get install -y -qq python3-venv >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }
    else
        echo "python3 has no venv module. On Debian: sudo apt-get install python3-venv, then run this again." >&2
        exit 1
    fi
fi
[ -x .venv/bin/pip ] || python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check "uv==$version"
