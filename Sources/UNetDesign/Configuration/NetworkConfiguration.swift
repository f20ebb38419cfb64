/// Everything needed to rebuild a network, as stored in `plan.json`.
public struct NetworkConfiguration: Sendable, Codable, Equatable {
    /// The family of the network.
    public var architecture: Architecture
    /// Slices or volumes. Setting it makes `poolings` and `kernels` the same along all axes.
    public var dimensions: Dimensions { didSet { if dimensions != oldValue { makeIsotropic() } } }
    /// Channels of the input: 1 for MRI.
    public var inputChannels: Int
    /// Channels of the output: 1 (sigmoid) for a single structure, else one per class, including background (softmax).
    public var outputChannels: Int
    /// Filters of the first level; each level down has twice as many.
    public var filters: Int
    /// Number of poolings. Setting it makes `poolings` and `kernels` the same along all axes.
    public var depth: Int { didSet { if depth != oldValue { makeIsotropic() } } }
    /// The norm that follows the convolutions.
    public var norm: Norm
    /// ε of the norms.
    public var normEpsilon: Double
    /// Weight of a new batch in the running statistics of the batch norms.
    public var normMomentum: Double
    /// Whether coarser levels of the decoder produce logits too; see `NetworkGraph.outputs`.
    public var deepSupervision: Bool
    /// Probability of drop-out at the end of the contracting path: after the last level that is pooled and after the
    /// bridge.
    public var dropout: Double
    /// Factors by which each pooling shrinks the axes, the top one first, in the order of a tensor's axes, (D,) H, W.
    public var poolings: [[Int]]
    /// Sides of the convolutions' kernels at each level from the top to the bridge, in the order of a tensor's axes.
    public var kernels: [[Int]]

    /// Creates a description of a network. The defaults are those of the lecture notes, with PyTorch's norm constants;
    /// `norm` and `dropout` default to the architecture's own, `poolings` and `kernels` to 2 and 3 along every axis.
    ///
    /// It is checked by `validate`, which everything that builds or describes a network calls.
    public init(
        architecture: Architecture = .padded, dimensions: Dimensions = .two, inputChannels: Int = 1,
        outputChannels: Int, filters: Int = 64, depth: Int = 4, norm: Norm? = nil, normEpsilon: Double = 1e-5,
        normMomentum: Double = 0.1, deepSupervision: Bool = false, dropout: Double? = nil,
        poolings: [[Int]]? = nil, kernels: [[Int]]? = nil
    ) {
        self.architecture = architecture
        self.dimensions = dimensions
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.filters = filters
        self.depth = depth
        self.norm = norm ?? architecture.defaultNorm
        self.normEpsilon = normEpsilon
        self.normMomentum = normMomentum
        self.deepSupervision = deepSupervision
        self.dropout = dropout ?? architecture.defaultDropout
        self.poolings = poolings ?? Self.isotropic(2, depth, dimensions)
        self.kernels = kernels ?? Self.isotropic(3, depth &+ 1, dimensions)
    }

    /// Whether `poolings` have entries of 1 or 2, and `kernels` of 1 or 3, for every level and axis.
    package var hasSoundLevels: Bool {
        func fits(_ levels: [[Int]], _ count: Int, _ values: [Int]) -> Bool {
            levels.count == count
                && levels.allSatisfy { $0.count == dimensions.rank && $0.allSatisfy(values.contains) }
        }
        return fits(poolings, depth, [1, 2]) && fits(kernels, depth &+ 1, [1, 3])
    }

    enum CodingKeys: String, CodingKey {
        case architecture, dimensions, inputChannels, outputChannels, filters, depth, norm, normEpsilon
        case normMomentum, deepSupervision, dropout, poolings, kernels
    }

    static func isotropic(_ side: Int, _ levels: Int, _ dimensions: Dimensions) -> [[Int]] {
        // No network has more; `validate` reports larger requests.
        Array(repeating: Array(repeating: side, count: dimensions.rank), count: min(max(0, levels), 64))
    }

    private mutating func makeIsotropic() {
        poolings = Self.isotropic(2, depth, dimensions)
        kernels = Self.isotropic(3, depth &+ 1, dimensions)
    }
}

extension NetworkConfiguration {
    /// Reads a description from a file, which can contain anything. Files that predate norms, drop-out, deep
    /// supervision and levels of their own shape do not mention them and mean the defaults.
    ///
    /// - Throws: `DecodingError` for missing or wrong entries, and for sizes that make no network.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func refuse(_ key: CodingKeys, _ value: Any) -> DecodingError {
            .dataCorruptedError(
                forKey: key, in: container, debugDescription: "\(key.stringValue) cannot be \(value)")
        }
        func size(_ key: CodingKeys, upTo limit: Int) throws -> Int {
            let value = try container.decode(Int.self, forKey: key)
            guard (1...limit).contains(value) else { throw refuse(key, value) }
            return value
        }
        let architecture = try container.decode(Architecture.self, forKey: .architecture)
        self.init(
            architecture: architecture,
            dimensions: try container.decode(Dimensions.self, forKey: .dimensions),
            inputChannels: try size(.inputChannels, upTo: 1 << 16),
            outputChannels: try size(.outputChannels, upTo: 1 << 16),
            filters: try size(.filters, upTo: 1 << 16), depth: try size(.depth, upTo: 16),
            norm: try container.decodeIfPresent(Norm.self, forKey: .norm),
            normEpsilon: try container.decode(Double.self, forKey: .normEpsilon),
            normMomentum: try container.decode(Double.self, forKey: .normMomentum),
            deepSupervision: try container.decodeIfPresent(Bool.self, forKey: .deepSupervision) ?? false,
            dropout: try container.decodeIfPresent(Double.self, forKey: .dropout))
        guard (0..<1).contains(dropout) else { throw refuse(.dropout, dropout) }
        if let poolings = try container.decodeIfPresent([[Int]].self, forKey: .poolings) {
            self.poolings = poolings
            guard hasSoundLevels else { throw refuse(.poolings, poolings) }
        }
        if let kernels = try container.decodeIfPresent([[Int]].self, forKey: .kernels) {
            self.kernels = kernels
            guard hasSoundLevels else { throw refuse(.kernels, kernels) }
        }
    }
}

/// The family of a network.
public enum Architecture: String, Sendable, Codable, CaseIterable {
    /// The batch-norm U-Net of the lecture notes: convolutions padded to keep the size.
    case padded
    /// The original of 2015: convolutions without padding in the plane, so that the output is smaller than the input,
    /// and no norm (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28).
    case classic
    /// The padded U-Net with residual blocks in the encoder (He et al. 2016, doi:10.1109/CVPR.2016.90; for U-Nets,
    /// Isensee et al. 2024, arXiv:2404.09556).
    case residual

    /// The norm of the family's original.
    public var defaultNorm: Norm { self == .classic ? .none : .batch }

    /// The drop-out of the family's original.
    public var defaultDropout: Double { self == .classic ? 0.5 : 0 }
}

/// Whether a network sees slices or volumes.
public enum Dimensions: String, Sendable, Codable, CaseIterable {
    /// Slice by slice: (N, C, H, W).
    case two = "2d"
    /// Volumes: (N, C, D, H, W).
    case three = "3d"

    /// Number of spatial axes.
    public var rank: Int { self == .two ? 2 : 3 }
}

/// The norm that follows each convolution of a block, before the ReLU.
public enum Norm: String, Sendable, Codable, CaseIterable {
    /// Batch norm (Ioffe and Szegedy 2015).
    case batch
    /// Instance norm (Ulyanov et al. 2016).
    case instance
    /// Nothing.
    case none
}

/// The loss that training minimizes.
public enum SegmentationLoss: String, Sendable, Codable, CaseIterable {
    /// Cross-entropy, mean over voxels; binary for one output channel.
    case crossEntropy = "ce"
    /// Soft Dice loss: 1 minus the mean soft Dice over the structures.
    case dice
    /// The sum of both.
    case both = "ce+dice"
}
