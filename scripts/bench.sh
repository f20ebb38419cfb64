#!/usr/bin/env bash
# Times unet beside other engines: its network, with the options of Benchmarks/unet/bench.py, and its training samples,
# alone with --augment and the options of Benchmarks/augment/run.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
    echo "bench: $*" >&2
    exit 1
}

networks() {
    prepare .venv-bench Benchmarks/unet/requirements.txt
    find_torch "$PWD/.venv-bench/bin/python3"
    .venv-bench/bin/python3 Benchmarks/unet/bench.py "$@"
}

samples() {
    local environment=.venv-augment
    prepare $environment Benchmarks/augment/requirements.txt
    if ! [ -d $environment/lib/python3*/site-packages/batchgeneratorsv2 ]; then
        # It requires PyTorch, which is there.
        python3 -m pip install --quiet --no-compile --no-deps --target $environment/lib/python3*/site-packages \
            'batchgeneratorsv2==0.3.6' >&2 || fail "pip could not install batchgeneratorsv2 (its message is above)."
    fi
    find_torch "$PWD/$environment/bin/python3"
    $environment/bin/python3 Benchmarks/augment/run.py "$@"
}

source scripts/environment.sh
if [ "${1:-}" = --augment ]; then
    samples "${@:2}"
    exit
fi
networks "$@"
# Options other than these choose among networks.
case "$*" in
--quick) samples --rounds 3 ;;
'' | --all | --issue) samples ;;
esac
