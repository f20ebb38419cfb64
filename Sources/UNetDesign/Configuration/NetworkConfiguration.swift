/// All that is needed to build a network again: what `plan.json` keeps of it.
public struct NetworkConfiguration: Sendable, Codable, Equatable {
    /// The family.
    public var architecture: Architecture
    /// Slices or volumes. Setting it makes `poolings` and `kernels` the same along all axes.
    public var dimensions: Dimensions { didSet { if dimensions != oldValue { makeIsotropic() } } }
    /// Channels of the input: 1 for MRI.
    public var inputChannels: Int
    /// Channels of the output: 1 (sigmoid) for a single structure, else one per class, background included
    /// (softmax).
    public var outputChannels: Int
    /// Filters of the first level; each level down has twice as many.
    public var filters: Int
    /// Number of poolings. Setting it makes `poolings` and `kernels` the same along all axes.
    public var depth: Int { didSet { if depth != oldValue { makeIsotropic() } } }
    /// What follows the convolutions.
    public var norm: Norm
    /// ε of the norms.
    public var normEpsilon: Double
    /// Weight of a new batch in the running statistics of the batch norms.
    public var normMomentum: Double
    /// Whether coarser levels of the decoder give logits too, see `NetworkGraph.outputs`.
    public var deepSupervision: Bool
    /// Probability of drop-out at the end of the contracting path: after the last level that is pooled and after the
    /// bridge.
    public var dropout: Double
    /// Factors by which each pooling shrinks the axes, the top one first, in the order of a tensor's axes, (D,) H, W.
    public var poolings: [[Int]]
    /// Sides of the convolutions' kernels at each level from the top to the bridge, in the order of a tensor's axes.
    public var kernels: [[Int]]

    /// A description of a network. The defaults are those of the lecture notes, with PyTorch's norm constants; `norm`
    /// and `dropout` are the architecture's own where not given, `poolings` and `kernels` 2 and 3 along every axis.
    ///
    /// Whether it makes a network is for `validate` to say, which everything that builds or describes one asks.
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

    /// Whether `poolings` and `kernels` have an entry of 1 or 2, and 1 or 3, for every level and axis.
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
        // No network has more; where more are asked for, `validate` says so.
        Array(repeating: Array(repeating: side, count: dimensions.rank), count: min(max(0, levels), 64))
    }

    private mutating func makeIsotropic() {
        poolings = Self.isotropic(2, depth, dimensions)
        kernels = Self.isotropic(3, depth &+ 1, dimensions)
    }
}
