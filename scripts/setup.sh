#!/bin/sh
# Make the virtual environment and install what Khettara, its demo and its tests need, in the exact versions of constraints.txt.
# Usage: sh scripts/setup.sh FOLDER        (PYTHON names the interpreter, python3.11 by default)
set -eu

venv=$1
python=${PYTHON:-python3.11}

if ! command -v "$python" >/dev/null 2>&1; then
    python=python3
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Khettara needs Python 3.11 or newer; '$python' is not. Install it, or name one: make demo PYTHON=/path/to/python3.11" >&2
    exit 1
fi

# Debian keeps the module that makes virtual environments in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -q && apt-get install -q -y "python$version-venv"
    else
        echo "Python's venv module is missing. Install it: sudo apt-get install python$version-venv" >&2
        exit 1
    fi
fi

echo "Setting up $venv (the first time takes a few minutes)"
"$python" -m venv "$venv"
# torch comes first and in this version: asked for by another package, pip would choose a build of several gigabytes.
"$venv/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt torch==2.13.0
"$venv/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[llm,ray,tables,dev]'
# The loops of the cleaning room become machine code now, so that the first run need not wait for it.
"$venv/bin/python" -m khettara.clean
