#!/usr/bin/env bash
# Builds Examples/Segmenter with a tagged clone of this checkout, as another application would, and segments a synthetic
# heart with it. Run with `make example`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly root=$PWD
readonly work=$root/.build-example
rm -rf "$work/work"
mkdir -p "$work/work"
cd "$work/work"

git clone -q "$root" swift-unet
git -C swift-unet tag -f 0.9.9 >/dev/null
cp -R "$root/Examples/Segmenter" .
export SWIFT_UNET="file://$PWD/swift-unet" LIBTORCH="$root/.libtorch/torch"
export PKG_CONFIG_PATH="$root/.libtorch/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
swift build --package-path Segmenter --scratch-path "$work/build" -c release

"$root/.build/release/unet" phantom hearts --patients 2
"$root/.build/release/unet" train hearts --output run --fold all --epochs 1 --filters 4 --depth 2 --patch 64 --threads 1
scan=$(find hearts -name '*frame01.nii.gz' | sort | head -1)
"$work/build/release/Segmenter" run "$scan"
