// swift-tools-version:6.1
import Foundation
import PackageDescription

// libtorch is fetched by `make setup` into .libtorch/torch. Without it the package is its lower half:
// reading, imaging, data sets and scores, which build in seconds and need no libtorch.
let torch = "\(Context.packageDirectory)/.libtorch/torch"
// Fuzzing builds the lower half alone.
let hasTorch =
    Context.environment["UNET_LOWER_HALF"] == nil
    && (FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cpu.so")
        || FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cpu.dylib"))
let hasCUDA = FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cuda.so")

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

var products: [Product] = [
    .library(name: "Files", targets: ["Files"]),
    .library(name: "NIfTI", targets: ["NIfTI"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Scoring", targets: ["Scoring"]),
]

var targets: [Target] = [
    .systemLibrary(
        name: "CDeflate", pkgConfig: "libdeflate",
        providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(
        name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CTIFF", linkerSettings: [.linkedLibrary("tiff")]),
    .target(name: "Files"),
    .target(name: "NIfTI", dependencies: ["CDeflate", "CZlib", "Files"]),
    .target(name: "Imaging", dependencies: ["NIfTI", "CPNG", "CTIFF", "Files"]),
    .target(name: "Datasets", dependencies: ["NIfTI", "Imaging", "Files"]),
    .target(name: "Scoring", dependencies: ["Imaging"]),
    // -O0 kernels are 15 to 60 times slower than optimised ones, so debug builds optimise them too.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "NIfTITests", dependencies: ["NIfTI", "TestSupport"]),
    .testTarget(name: "ImagingTests", dependencies: ["Imaging", "NIfTI", "TestSupport"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Imaging", "NIfTI", "TestSupport"]),
    .testTarget(name: "ScoringTests", dependencies: ["Scoring", "Imaging", "TestSupport"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"]),
]

if hasTorch {
    // A CUDA libtorch registers its kernels when loaded, so the linker must keep it though nothing names it.
    let libraries = hasCUDA ? ["-Xlinker", "--no-as-needed", "-ltorch", "-Xlinker", "--as-needed"] : []
    let undefined = hasCUDA ? ["-Xlinker", "--allow-shlib-undefined"] : []
    let linking: [LinkerSetting] = [
        .unsafeFlags(
            ["-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib"]
                + ["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/unet"] + libraries + undefined),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
    ]
    products += [
        .library(name: "Torch", targets: ["Torch"]),
        .library(name: "Networks", targets: ["Networks"]),
        .library(name: "Segmentation", targets: ["Segmentation"]),
        .library(name: "Report", targets: ["Report"]),
        .executable(name: "unet", targets: ["UNetTool"]),
    ]
    targets += [
        .target(
            name: "CTorch", dependencies: ["CKernels"],
            cxxSettings: [
                .headerSearchPath("."),
                .unsafeFlags([
                    "-isystem", "\(torch)/include", "-isystem", "\(torch)/include/torch/csrc/api/include",
                    "-fno-cxx-modules", "-O2",
                ]),
            ], linkerSettings: linking),
        .target(name: "Torch", dependencies: ["CTorch", "Files"]),
        .target(name: "Networks", dependencies: ["Torch"]),
        .target(
            name: "Segmentation",
            dependencies: ["Networks", "Torch", "Datasets", "Scoring", "Imaging", "NIfTI", "Files"]),
        .target(name: "Report", dependencies: ["Scoring", "Imaging"]),
        .executableTarget(
            name: "UNetTool",
            dependencies: ["Segmentation", "Report", "Datasets", "Scoring", "Files", argumentParser]),
        .testTarget(name: "TorchTests", dependencies: ["Torch", "TestSupport"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks", "Torch", "TestSupport"]),
        .testTarget(
            name: "SegmentationTests",
            dependencies: [
                "Segmentation", "Networks", "Torch", "Datasets", "Scoring", "Imaging", "NIfTI", "TestSupport",
            ]),
        .testTarget(name: "ReportTests", dependencies: ["Report", "Imaging", "TestSupport"]),
        .testTarget(
            name: "UNetToolTests", dependencies: ["UNetTool", "Imaging", "NIfTI", "TestSupport"],
            exclude: ["Snapshots"]),
    ]
}

let package = Package(
    name: "swift-unet",
    platforms: [.macOS(.v15)],
    products: products,
    dependencies: hasTorch
        ? [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
        ] : [],
    targets: targets,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
