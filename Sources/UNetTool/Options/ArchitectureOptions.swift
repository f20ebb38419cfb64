import ArgumentParser
import Runs
import UNetDesign

/// Which network is meant, for commands that describe or time one; `PlanOptions` has the same for those that train one.
struct ArchitectureOptions: ParsableArguments {
    @Option(.of(\.network.dimensions)) var dimensions: Dimensions?
    @Option(.of(\.network.architecture)) var architecture: Architecture?
    @Option(.of(\.network.depth)) var depth: Int?
    @Option(.of(\.network.norm)) var norm: Norm?
    @Flag(.of(\.network.deepSupervision)) var deepSupervision = false

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
