import ArgumentParser
import UNetDesign

/// Which network is meant, for commands that train one and for those that describe or time one.
struct ArchitectureOptions: ParsableArguments {
    @Option(help: "2d: slice by slice; 3d: whole volumes. (default: 2d)")
    var dimensions: Dimensions?
    @Option(
        help:
            "padded: keeps the image's size; classic: the network of 2015, without padding and norm; residual: padded, with residual blocks on the way down. (default: padded)"
    )
    var architecture: Architecture?
    @Option(help: "Poolings. (default: 4)")
    var depth: Int?
    @Option(
        help:
            "What follows each convolution: batch, instance or none. (default: batch, for training in 3D instance; classic has none)"
    )
    var norm: Norm?
    @Flag(help: "Also train on the outputs of the coarser levels.")
    var deepSupervision = false

    /// Dimensions, 2D unless told otherwise.
    var rank: Dimensions { dimensions ?? .two }
    /// Architecture, padded unless told otherwise.
    var family: Architecture { architecture ?? .padded }
    /// Poolings, 4 unless told otherwise.
    var poolings: Int { depth ?? 4 }

    /// The options that were given, by name.
    var given: [String] {
        [
            ("dimensions", dimensions != nil), ("architecture", architecture != nil), ("depth", depth != nil),
            ("norm", norm != nil), ("deep-supervision", deepSupervision),
        ].filter(\.1).map(\.0)
    }
}
