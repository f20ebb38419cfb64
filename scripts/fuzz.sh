#!/usr/bin/env bash
# Feeds generated and mutated files to the readers (libFuzzer), as described in docs/Fuzzing.md. Run with `make fuzz`.
#
#   scripts/fuzz.sh [TARGET|all] [SECONDS]   each target for SECONDS (600), starting from the inputs of earlier runs
#   scripts/fuzz.sh --quick                  all targets from the committed corpus and a fixed seed, in one minute
#
# Exits with 1 on a finding, whose file is then in .build-fuzz/findings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly home=.build-fuzz
readonly targets=(nifti gzip png tiff dataset labels info safetensors)

# clang's libraries are in the folder of Swift's own resources.
has_libfuzzer() {
    local resources
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    compgen -G "$resources/clang/lib/*/libclang_rt.fuzzer*" >/dev/null
}

build() {
    # Only the lower half, which does not need libtorch. Of several -sanitize options, swiftc uses the last.
    UNET_LOWER_HALF=1 swift build --package-path Fuzz --scratch-path "$home" -c release \
        --sanitize fuzzer -Xswiftc -sanitize=address,fuzzer -Xcc -fsanitize=address
}

# run TARGET SECONDS CORPUS [options]
run() {
    local target=$1 seconds=$2 corpus=$3
    shift 3
    mkdir -p "$corpus" "$home/findings"
    "$home/release/fuzz" "$target" "$corpus" "Fuzz/corpus/$target" -dict="Fuzz/dictionaries/$target.dict" \
        -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=16384 \
        -artifact_prefix="$home/findings/$target-" -print_final_stats=1 -verbosity=1 "$@"
}

seconds=${2:-600}
case ${1:-all} in
    --quick) chosen=("${targets[@]}") ;;
    all) chosen=("${targets[@]}") ;;
    *)
        chosen=("$1")
        [[ " ${targets[*]} " == *" $1 "* ]] || {
            echo "fuzz: there is no target $1; choose one of: all ${targets[*]}" >&2
            exit 64
        }
        ;;
esac
if ! has_libfuzzer; then
    echo "fuzz: skipped, since this toolchain has no libFuzzer (libclang_rt.fuzzer)" >&2
    [ "${1:-}" = --quick ]
    exit
fi
build
status=0
for target in "${chosen[@]}"; do
    if [ "${1:-}" = --quick ]; then
        corpus=$(mktemp -d)
        run "$target" 7 "$corpus" -seed=1 >"$home/$target.log" 2>&1 || status=1
        rm -rf "$corpus"
        [ "$status" -eq 0 ] || { tail -60 "$home/$target.log" >&2; exit 1; }
        echo "fuzz: $target $(sed -n 's/^stat::number_of_executed_units: *//p' "$home/$target.log") inputs, no finding"
    else
        run "$target" "$seconds" "$home/corpus/$target" || status=1
    fi
done
exit $status
