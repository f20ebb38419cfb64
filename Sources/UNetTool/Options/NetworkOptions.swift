import ArgumentParser
import Runs
import UNetDesign

/// A network and the size of its input, for commands that need no data.
struct NetworkOptions: ParsableArguments {
    @OptionGroup var network: ArchitectureOptions
    @Option(help: "Input channels. (default: 1)")
    var channels: Int?
    @Option(help: "Output channels. (default: 4)")
    var classes: Int?
    @Option(
        help: ArgumentHelp(
            "Height and width of the images, or slices, height, and width in 3D. (default: 256x256 or 16x192x192; classic: 572x572 or 16x284x284)",
            valueName: "HxW|DxHxW"))
    var input: InputSize?
    @Option(
        help: ArgumentHelp(
            "Voxel spacing in mm along z, y, and x, from which the kernels and pooling of a 3D network are chosen. (default: 10x1.5x1.5)",
            valueName: "ZxYxX"))
    var spacing: SpacingArgument?

    /// The first option given that says something of the network.
    var firstGiven: String? {
        let others = [
            ("channels", channels != nil), ("classes", classes != nil), ("spacing", spacing != nil),
        ]
        return network.given.first ?? others.first(where: \.1)?.0
    }

    /// The network with `filters` at its top.
    func configuration(filters: Int) -> NetworkConfiguration {
        let (family, rank, depth) = (network.family, network.rank, network.poolings)
        let levels =
            rank == .three
            ? NetworkConfiguration.anisotropic(
                spacing: spacing?.sides ?? [10, 1.5, 1.5],
                size: input?.sides ?? Self.defaultInput(family, rank), depth: depth) : nil
        return NetworkConfiguration(
            architecture: family, dimensions: rank, inputChannels: channels ?? 1,
            outputChannels: classes ?? 4, filters: filters, depth: depth, norm: network.norm,
            deepSupervision: network.deepSupervision, poolings: levels?.poolings, kernels: levels?.kernels)
    }

    /// The size of the input for `network`.
    func inputSize(for network: NetworkConfiguration) -> [Int] {
        input?.sides ?? Self.defaultInput(network.architecture, network.dimensions)
    }

    /// Throws what is wrong with the options and `filters`, a size that does not fit and a network that is too large
    /// included; with a batch size also maps that are too large for it.
    func check(filters: Int, batchSize: Int? = nil) throws {
        for (name, value, limit) in [
            ("filters", filters, 65_536), ("depth", network.poolings, 12),
            ("channels", channels ?? 1, 65_536),
            ("classes", classes ?? 4, 65_536),
        ]
        where !(1...limit).contains(value) {
            throw ValidationError("--\(name) must be from 1 to \(limit)")
        }
        let rank = network.rank
        if rank == .two, spacing != nil { throw ValidationError("--spacing requires --dimensions 3d") }
        try checkInput(rank)
        let network = configuration(filters: filters)
        do { _ = try NetworkDescription(network, input: inputSize(for: network)) } catch {
            throw ValidationError("\(error)")
        }
        guard let batchSize else { return }
        // In Double, since the product of what is allowed overflows Int.
        let pixels = inputSize(for: network).reduce(Double(batchSize)) { $0 * Double($1) }
        let channels = max(filters, network.inputChannels, network.outputChannels)
        guard pixels * Double(channels) <= Double(Int32.max) else {
            throw ValidationError(
                "a batch of \(batchSize) image\(batchSize == 1 ? "" : "s") of \(NetworkDescription.text(inputSize(for: network))) with \(channels) channel\(channels == 1 ? "" : "s") would have more than \(Int32.max) values; use a smaller --input or --batch-size"
            )
        }
    }

    /// Throws where the input has not the network's number of sides.
    func checkInput(_ dimensions: Dimensions) throws {
        if let input, input.sides.count != dimensions.rank {
            throw ValidationError(
                "--input must be \(dimensions == .two ? "HxW" : "DxHxW") for \(dimensions.rawValue) networks")
        }
    }

    private static func defaultInput(_ architecture: Architecture, _ dimensions: Dimensions) -> [Int] {
        switch (architecture, dimensions) {
        case (.classic, .two): [572, 572]
        case (.classic, .three): [16, 284, 284]
        case (_, .two): [256, 256]
        case (_, .three): [16, 192, 192]
        }
    }
}

/// Millimeters as `ZxYxX`.
struct SpacingArgument: ExpressibleByArgument {
    let sides: [Double]

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        sides = parts.compactMap { Double($0) }
        guard sides.count == 3, parts.count == 3, sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            return nil
        }
    }
}

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
