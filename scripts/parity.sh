#!/usr/bin/env bash
# Runs every Parity/*/run.py against the Python originals, and fails if one of them fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=.venv-parity/bin/python3

fail() {
    echo "parity: $*" >&2
    exit 1
}

source scripts/environment.sh
prepare .venv-parity Parity/requirements.txt
find_torch "$python"
failed=""
for script in Parity/*/run.py; do
    [ -e "$script" ] || fail "there is no Parity/*/run.py to run."
    area=$(basename "$(dirname "$script")")
    echo "parity: $area"
    "$python" "$script" || failed="$failed $area"
done
[ -z "$failed" ] || fail "differs from the original in:$failed"
echo "parity: all areas agree"
