// swift-tools-version:6.1
import PackageDescription

// Benchmarks are a package of their own, so that nobody who uses the library builds them.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-unet", path: "..")],
    targets: [
        .executableTarget(
            name: "nifti-bench", dependencies: [.product(name: "NIfTI", package: "swift-unet")],
            path: "nifti",
            exclude: ["run.py"])
    ],
    swiftLanguageModes: [.v6]
)
