#!/usr/bin/env bash
# Compares the speed of unet with other engines. The options are those of Benchmarks/unet/bench.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=.venv-bench/bin/python3

fail() {
    echo "bench: $*" >&2
    exit 1
}

source scripts/environment.sh
prepare .venv-bench Benchmarks/unet/requirements.txt
find_torch "$python"
exec "$python" Benchmarks/unet/bench.py "$@"
