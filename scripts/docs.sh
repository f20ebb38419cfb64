#!/usr/bin/env bash
# Builds the documentation of every library with DocC, into .build-docs. Fails on warnings. Run with `make docs`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly output=.build-docs
readonly modules=.build/release/Modules
readonly libraries=(Files NIfTI Imaging Scans Datasets Phantom Scoring UNetDesign Runs Report Torch Networks Segmentation)
docc=$(command -v docc || xcrun --find docc)

includes=(-Xcc -fmodule-map-file=Sources/CDeflate/module.modulemap -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap)
for shim in CPNG CTIFF CKernels CTorch; do
    for map in "Sources/$shim/include/module.modulemap" ".build/release/$shim.build/module.modulemap"; do
        [ -e "$map" ] && includes+=(-Xcc "-fmodule-map-file=$map") && break
    done
done
rm -rf "$output"
for library in "${libraries[@]}"; do
    symbols="$output/symbols/$library"
    mkdir -p "$symbols"
    swift symbolgraph-extract -module-name "$library" -I "$modules" "${includes[@]}" \
        -target "$(swiftc -print-target-info | sed -n 's/.*"triple": "\(.*\)".*/\1/p' | head -1)" \
        -minimum-access-level public -output-dir "$symbols"
    "$docc" convert "Sources/$library/$library.docc" --fallback-display-name "$library" \
        --fallback-bundle-identifier "swift-unet.$library" --additional-symbol-graph-dir "$symbols" \
        --output-path "$output/$library.doccarchive" --warnings-as-errors
    echo "docs: $output/$library.doccarchive"
done
