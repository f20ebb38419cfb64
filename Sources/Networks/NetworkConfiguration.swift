import Torch

/// All that is needed to build a network again: what `plan.json` keeps of it.
public struct NetworkConfiguration: Sendable, Codable, Equatable {
    /// The family.
    public var architecture: Architecture
    /// Slices or volumes.
    public var dimensions: Dimensions
    /// Channels of the input: 1 for MRI.
    public var inputChannels: Int
    /// Channels of the output: 1 (sigmoid) for a single structure, else one per class, background included
    /// (softmax).
    public var outputChannels: Int
    /// Filters of the first level; each level down has twice as many.
    public var filters: Int
    /// Number of poolings: sides must be multiples of 2^depth.
    public var depth: Int
    /// ε of the batch norms.
    public var normEpsilon: Double
    /// Weight of a new batch in the running statistics of the batch norms.
    public var normMomentum: Double

    /// A description of a network. The defaults are those of the lecture notes, with PyTorch's norm constants.
    public init(
        architecture: Architecture = .padded, dimensions: Dimensions = .two, inputChannels: Int = 1,
        outputChannels: Int, filters: Int = 64, depth: Int = 4, normEpsilon: Double = 1e-5,
        normMomentum: Double = 0.1
    ) {
        precondition(
            inputChannels > 0 && outputChannels > 0 && filters > 0 && depth > 0, "sizes are positive")
        self.architecture = architecture
        self.dimensions = dimensions
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.filters = filters
        self.depth = depth
        self.normEpsilon = normEpsilon
        self.normMomentum = normMomentum
    }

    /// Height and width of an input must be multiples of this.
    public var sizeMultiple: Int { 1 << depth }

    /// The network, with weights drawn from libtorch's generator.
    public func makeNetwork() throws(TorchError) -> SegmentationNetwork {
        switch architecture {
        case .padded: try PaddedUNet(self)
        }
    }
}

extension NetworkConfiguration {
    /// Reads a description from a file, where anything may stand.
    ///
    /// - Throws: `DecodingError` for missing or wrong entries, and for sizes that make no network.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func size(_ key: CodingKeys, upTo limit: Int) throws -> Int {
            let value = try container.decode(Int.self, forKey: key)
            guard (1...limit).contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(key.stringValue) \(value) makes no network")
            }
            return value
        }
        architecture = try container.decode(Architecture.self, forKey: .architecture)
        dimensions = try container.decode(Dimensions.self, forKey: .dimensions)
        inputChannels = try size(.inputChannels, upTo: 1 << 16)
        outputChannels = try size(.outputChannels, upTo: 1 << 16)
        filters = try size(.filters, upTo: 1 << 16)
        depth = try size(.depth, upTo: 16)
        normEpsilon = try container.decode(Double.self, forKey: .normEpsilon)
        normMomentum = try container.decode(Double.self, forKey: .normMomentum)
    }
}
