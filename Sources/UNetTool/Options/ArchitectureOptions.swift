import ArgumentParser
import UNetDesign

/// Which network is meant, for commands that train one and for those that describe or time one.
struct ArchitectureOptions: ParsableArguments {
    @Option(help: "2d: slice by slice; 3d: whole volumes. (default: 2d)")
    var dimensions: Dimensions?
    @Option(
        help:
            "padded: keeps the size of the image; classic: the original network of 2015, without padding or norm; residual: padded, with residual blocks in the encoder. (default: padded)"
    )
    var architecture: Architecture?
    @Option(help: "Number of pooling steps. (default: 4)")
    var depth: Int?
    @Option(
        help:
            "Normalization after each convolution: batch, instance, or none. (default: batch; instance when training in 3D; none for classic)"
    )
    var norm: Norm?
    @Flag(help: "Also train on the outputs of the coarser levels (deep supervision).")
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
