// swift-tools-version:6.1
import PackageDescription

// Fuzz targets are a package of their own, so that nobody who uses the library builds them; `make fuzz` runs them.
// It is built with `--sanitize fuzzer`, which brings libFuzzer's own main.
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-unet", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "Files", package: "swift-unet"),
                .product(name: "NIfTI", package: "swift-unet"),
                .product(name: "Imaging", package: "swift-unet"),
                .product(name: "Scans", package: "swift-unet"),
                .product(name: "Datasets", package: "swift-unet"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
