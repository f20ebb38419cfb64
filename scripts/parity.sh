#!/usr/bin/env bash
# Runs every Parity/*/run.py with the Python originals at hand, and fails where one of them fails.
# `import torch` finds the very libtorch that unet is linked with: the wheel that set-up fetched is PyTorch itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly environment=.venv-parity
readonly python=$environment/bin/python3

fail() {
    echo "parity: $*" >&2
    exit 1
}

# The packages of the environment, made anew when the list or Python changes. pip's --target serves a Python
# without ensurepip as well (Debian's, where python3-venv is not installed).
prepare() {
    local wanted
    wanted="$(python3 -c 'import sys; print(sys.version, sys.executable)') $(cksum <Parity/requirements.txt)"
    [ -x "$python" ] && [ "$(cat "$environment/stamp" 2>/dev/null)" = "$wanted" ] && return
    echo "parity: installing the Python originals (once)" >&2
    rm -rf "$environment"
    python3 -m venv --without-pip "$environment"
    local packages
    packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --target "$packages" --requirement Parity/requirements.txt >&2 ||
        fail "pip could not install Parity/requirements.txt (its message is above)."
    echo "$wanted" >"$environment/stamp"
}

# PyTorch as Python sees it: .libtorch, or a copy from pip where LIBTORCH is no PyTorch of this Python's version.
find_torch() {
    if PYTHONPATH=$PWD/.libtorch "$python" -c 'import torch' 2>/dev/null; then
        export PYTHONPATH=$PWD/.libtorch
    elif ! "$python" -c 'import torch' 2>/dev/null; then
        fail "'import torch' fails with .libtorch/torch; unset LIBTORCH and remove .libtorch, so that set-up fetches PyTorch for this Python."
    fi
}

prepare
find_torch
failed=""
for script in Parity/*/run.py; do
    [ -e "$script" ] || fail "there is no Parity/*/run.py to run."
    area=$(basename "$(dirname "$script")")
    echo "parity: $area"
    "$python" "$script" || failed="$failed $area"
done
[ -z "$failed" ] || fail "differs from the original in:$failed"
echo "parity: all areas agree"
