// swift-tools-version:6.1
import PackageDescription

// An application names swift-unet by its address and a version:
//
//     .package(url: "https://…/swift-unet", from: "0.2.0")
//
// This example takes the checkout that it lies in, unless SWIFT_UNET says where a repository is.
let swiftUNet: Package.Dependency
if let repository = Context.environment["SWIFT_UNET"] {
    swiftUNet = .package(url: repository, from: "0.1.0")
} else {
    swiftUNet = .package(name: "swift-unet", path: "../..")
}

// Where libtorch is when the program runs.
let torch = Context.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/../../.libtorch/torch"

let package = Package(
    name: "Segmenter",
    platforms: [.macOS(.v15)],
    dependencies: [swiftUNet],
    targets: [
        .executableTarget(
            name: "Segmenter",
            dependencies: [
                .product(name: "Segmentation", package: "swift-unet"),
                .product(name: "Imaging", package: "swift-unet"),
                .product(name: "NIfTI", package: "swift-unet"),
                .product(name: "Scans", package: "swift-unet"),
            ],
            linkerSettings: [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib"])])
    ],
    swiftLanguageModes: [.v6]
)
