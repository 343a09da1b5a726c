#!/bin/sh
# Makes .venv with uv in it, from nothing but python3. $1: the version of uv; PYTHON3: the interpreter to use.
set -eu

version=$1
fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }
# A distribution's own interpreter was optimized by profiles; one that pyenv builds mostly wasn't, and is slower by a
# fifth at everything.
python=${PYTHON3:-python3}
if [ -z "${PYTHON3:-}" ] && fits /usr/bin/python3 && /usr/bin/python3 -c 'import ensurepip' 2>/dev/null; then
    python=/usr/bin/python3
fi
if ! fits "$python"; then
    echo "MemoryHub needs Python 3.11 to 3.13; $python is $("$python" --version 2>&1)." >&2
    exit 1
fi
# Debian splits ensurepip off into python3-venv.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv …"
        apt-get install -y -qq python3-venv >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }
    else
        echo "python3 has no venv module. On Debian: sudo apt-get install python3-venv, then run this again." >&2
        exit 1
    fi
fi
[ -x .venv/bin/pip ] || "$python" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check "uv==$version"
