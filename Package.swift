// swift-tools-version:6.1
import Foundation
import PackageDescription

// `make setup` fetches libtorch into .libtorch/torch. Without it, the package consists only of the lower half: reading,
// imaging, datasets, and scores, which build in seconds and do not need libtorch.
let torch = "\(Context.packageDirectory)/.libtorch/torch"
// Fuzzing builds only the lower half.
let hasTorch =
    Context.environment["UNET_LOWER_HALF"] == nil
    && (FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cpu.so")
        || FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cpu.dylib"))
let hasCUDA = FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_cuda.so")

// A package that another one depends on by version cannot use unsafe flags, and SwiftPM's checkout of it has no
// .libtorch. In this case, pkg-config finds libtorch through the libtorch.pc that `make setup` wrote in a separate
// clone (docs/Embedding.md).
let isDependency = !hasTorch && Context.packageDirectory.split(separator: "/").dropLast().last == "checkouts"

// MARK: The lower half

var products: [Product] = [
    .library(name: "Files", targets: ["Files"]),
    .library(name: "NIfTI", targets: ["NIfTI"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Scans", targets: ["Scans"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Phantom", targets: ["Phantom"]),
    .library(name: "Scoring", targets: ["Scoring"]),
    .library(name: "UNetDesign", targets: ["UNetDesign"]),
    .library(name: "Runs", targets: ["Runs"]),
    .library(name: "Report", targets: ["Report"]),
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
    .target(name: "Imaging"),
    .target(name: "Scans", dependencies: ["NIfTI", "Imaging", "CPNG", "CTIFF", "Files"]),
    .target(name: "Datasets", dependencies: ["Scans", "NIfTI", "Imaging", "Files"]),
    .target(name: "Phantom", dependencies: ["Datasets", "Scans", "NIfTI", "Imaging", "Files"]),
    .target(name: "Scoring", dependencies: ["Imaging", "Files"]),
    .target(name: "UNetDesign", dependencies: ["Files"]),
    .target(
        name: "Runs",
        dependencies: ["UNetDesign", "Datasets", "Scoring", "Scans", "Imaging", "NIfTI", "Files"]),
    .target(name: "Report", dependencies: ["Runs", "Scoring", "Scans", "Imaging", "Files"]),
    // Without optimization, kernels are 15 to 60 times slower, so debug builds optimize them too.
    .target(name: "CKernels", cSettings: isDependency ? [] : [.unsafeFlags(["-O2"])]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "NIfTITests", dependencies: ["NIfTI", "TestSupport"]),
    .testTarget(name: "ImagingTests", dependencies: ["Imaging", "TestSupport"]),
    .testTarget(name: "ScansTests", dependencies: ["Scans", "Imaging", "NIfTI", "TestSupport"]),
    .testTarget(
        name: "DatasetsTests", dependencies: ["Datasets", "Scans", "Imaging", "NIfTI", "TestSupport"]),
    .testTarget(
        name: "PhantomTests",
        dependencies: ["Phantom", "Datasets", "Scans", "Imaging", "NIfTI", "TestSupport"]),
    .testTarget(name: "ScoringTests", dependencies: ["Scoring", "Scans", "Imaging", "TestSupport"]),
    .testTarget(name: "UNetDesignTests", dependencies: ["UNetDesign"]),
    .target(
        name: "RunFixtures", dependencies: ["Runs", "UNetDesign", "Datasets", "Scans", "Imaging", "NIfTI"],
        path: "Tests/RunFixtures"),
    .testTarget(
        name: "RunsTests",
        dependencies: [
            "Runs", "UNetDesign", "Datasets", "Scoring", "Scans", "Imaging", "NIfTI", "TestSupport",
            "RunFixtures",
        ]),
    .testTarget(name: "ReportTests", dependencies: ["Report", "Runs", "Scans", "Imaging", "TestSupport"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"]),
]

// MARK: The libraries above libtorch

if hasTorch || isDependency {
    products += [
        .library(name: "Torch", targets: ["Torch"]),
        .library(name: "Networks", targets: ["Networks"]),
        .library(name: "Segmentation", targets: ["Segmentation"]),
    ]
    targets += [
        // The headers of CKernels are found by path: as a dependency, they would be a module, which C++20 cannot read.
        // Torch depends on CKernels instead, so that it is linked.
        .target(
            name: "CTorch", dependencies: isDependency ? ["CLibtorch"] : [],
            cxxSettings: [.headerSearchPath("."), .headerSearchPath("../CKernels/include")] + torchHeaders,
            linkerSettings: torchLibraries),
        .target(name: "Torch", dependencies: ["CTorch", "CKernels", "Files"]),
        .target(name: "Networks", dependencies: ["UNetDesign", "Torch"]),
        .target(
            name: "Segmentation",
            dependencies: [
                "Report", "Runs", "Networks", "UNetDesign", "Torch", "Datasets", "Scoring", "Scans",
                "Imaging", "NIfTI", "Files",
            ]),
    ]
}

var torchHeaders: [CXXSetting] {
    guard hasTorch else { return [] }
    let folders = ["\(torch)/include", "\(torch)/include/torch/csrc/api/include"]
    return [.unsafeFlags(folders.flatMap { ["-isystem", $0] } + ["-O2"])]
}

var torchLibraries: [LinkerSetting] {
    guard hasTorch else { return [] }
    var flags = ["-L\(torch)/lib"] + ["\(torch)/lib", "$ORIGIN/../lib/unet"].flatMap(rpath)
    if hasCUDA {
        // A CUDA libtorch registers its kernels when loaded, so the linker must keep it although no symbol refers to
        // it.
        flags += ["-Xlinker", "--no-as-needed", "-ltorch", "-Xlinker", "--as-needed"]
        flags += ["-Xlinker", "--allow-shlib-undefined"]
    }
    return [.unsafeFlags(flags), .linkedLibrary("torch_cpu"), .linkedLibrary("c10")]
}

func rpath(_ folder: String) -> [String] { ["-Xlinker", "-rpath", "-Xlinker", folder] }

if isDependency {
    targets.append(.systemLibrary(name: "CLibtorch", pkgConfig: "libtorch"))
}

// MARK: The program and the tests of the upper half

var dependencies: [Package.Dependency] = []

if hasTorch {
    dependencies.append(.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"))
    products.append(.executable(name: "unet", targets: ["UNetTool"]))
    targets += [
        .executableTarget(
            name: "UNetTool",
            dependencies: [
                "Segmentation", "Report", "Runs", "Networks", "UNetDesign", "Datasets", "Phantom", "Scoring",
                "Files",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "TorchTests", dependencies: ["Torch", "TestSupport"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks", "UNetDesign", "Torch", "TestSupport"]),
        .testTarget(
            name: "SegmentationTests",
            dependencies: [
                "Segmentation", "Runs", "Networks", "UNetDesign", "Torch", "Datasets", "Scoring", "Scans",
                "Imaging", "NIfTI", "TestSupport", "RunFixtures",
            ]),
        .testTarget(
            name: "UNetToolTests", dependencies: ["UNetTool", "Scans", "Imaging", "NIfTI", "TestSupport"],
            exclude: ["Snapshots"]),
    ]
}

let package = Package(
    name: "swift-unet",
    platforms: [.macOS(.v15)],
    products: products,
    dependencies: dependencies,
    targets: targets,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
