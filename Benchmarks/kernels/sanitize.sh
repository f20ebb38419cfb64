#!/bin/sh
# Runs the checks with the address and undefined-behavior sanitizers: sanitize.sh [rounds] [large]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
"${CC:-clang}" -O0 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fuse-ld=lld -Wall \
    -I"$root/Sources/CKernels/include" "$root"/Sources/CKernels/*.c "$root"/Benchmarks/kernels/check*.c \
    -lpthread -lm -o "$build/check"
"$build/check" "${@:-12}"
