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

    /// The first given option that determines the network.
    var firstGiven: String? {
        let others = [
            ("channels", channels != nil), ("classes", classes != nil), ("spacing", spacing != nil),
        ]
        return network.given.first ?? others.first(where: \.1)?.0
    }

    /// Returns the network with `filters` filters at the first level.
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

    /// Returns the size of the input for `network`.
    func inputSize(for network: NetworkConfiguration) -> [Int] {
        input?.sides ?? Self.defaultInput(network.architecture, network.dimensions)
    }

    /// Validates the options and `filters`, including the fit of the size and the size of the network; with a batch
    /// size, also the size of the maps.
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
        // In Double, since the product of valid values can overflow Int.
        let pixels = inputSize(for: network).reduce(Double(batchSize)) { $0 * Double($1) }
        let channels = max(filters, network.inputChannels, network.outputChannels)
        guard pixels * Double(channels) <= Double(Int32.max) else {
            throw ValidationError(
                "a batch of \(batchSize) image\(batchSize == 1 ? "" : "s") of \(NetworkDescription.text(inputSize(for: network))) with \(channels) channel\(channels == 1 ? "" : "s") would have more than \(Int32.max) values; use a smaller --input or --batch-size"
            )
        }
    }

    /// Throws an error if the input does not have the network's number of sides.
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

/// The options of a network for commands that describe or time one; `PlanOptions` has the same for training.
struct ArchitectureOptions: ParsableArguments {
    @Option(.of(\.network.dimensions)) var dimensions: Dimensions?
    @Option(.of(\.network.architecture)) var architecture: Architecture?
    @Option(.of(\.network.depth)) var depth: Int?
    @Option(.of(\.network.norm)) var norm: Norm?
    @Flag(.of(\.network.deepSupervision)) var deepSupervision = false

    /// The dimensions, 2D by default.
    var rank: Dimensions { dimensions ?? .two }
    /// The architecture, padded by default.
    var family: Architecture { architecture ?? .padded }
    /// The number of poolings, 4 by default.
    var poolings: Int { depth ?? 4 }

    /// The names of the given options.
    var given: [String] {
        [
            ("dimensions", dimensions != nil), ("architecture", architecture != nil), ("depth", depth != nil),
            ("norm", norm != nil), ("deep-supervision", deepSupervision),
        ].filter(\.1).map(\.0)
    }
}
