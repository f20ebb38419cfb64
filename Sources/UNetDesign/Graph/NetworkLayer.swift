/// One step of a network, with its output.
public struct NetworkLayer: Sendable, Codable, Equatable {
    /// The kind of a layer.
    public enum Kind: String, Sendable, Codable {
        /// The image or volume itself.
        case input
        /// A convolution with the norm and ReLU that follow it.
        case convolution
        /// The sum of a residual block and its ReLU.
        case sum
        /// Drop-out.
        case dropout
        /// The largest value of each block.
        case maxPool = "max-pool"
        /// A transposed convolution with a stride equal to its kernel.
        case upConvolution = "up-convolution"
        /// The encoder's map, cropped if it is larger, after the decoder's along the channels.
        case concatenation
        /// The 1×1 convolution to the logits.
        case head
        /// The same at a coarser level, for deep supervision; prediction leaves it out.
        case auxiliaryHead = "auxiliary-head"
    }

    /// The module's name, which begins those of its weights; for layers without weights, the place in the network.
    public var name: String
    /// The kind of the layer.
    public var kind: Kind
    /// The operation in words, with kernel, norm and activation.
    public var operation: String
    /// Channels of the output.
    public var channels: Int
    /// Spatial size of the output in the order of a tensor's axes, (D,) H, W.
    public var size: [Int]
    /// Trained values.
    public var parameters: Int
    /// Running statistics of batch norms.
    public var buffers: Int
    /// Floating-point operations for one image: two for each multiply-add of a convolution. Norms, ReLU, pooling and
    /// drop-out, at most a percent of them, are left out.
    public var flops: Double
}

extension NetworkLayer {
    /// Creates the layer of the node at `index` of `graph`, given the `sizes` of all results.
    init(_ graph: NetworkGraph, _ index: Int, sizes: [[Int]]) {
        let node = graph.nodes[index]
        let inputs = node.inputs.map { graph.nodes[$0].channels }
        let outputs = node.channels
        let voxels = sizes[index].reduce(1) { $0 * Double($1) }
        var (parameters, buffers, products) = (0, 0, 0)
        let text = NetworkDescription.text
        switch node.operation {
        case .input: (kind, operation) = (.input, "")
        case .convolution(let kernel, _, let norm, let isRectified):
            kind = .convolution
            operation =
                "convolution \(text(kernel))" + (norm == .none ? "" : ", \(norm.rawValue) norm")
                + (isRectified ? ", ReLU" : "")
            products = kernel.reduce(inputs[0] * outputs, *)
            parameters = products + outputs * (norm == .none ? 1 : 3)
            buffers = norm == .batch ? 2 * outputs : 0
        case .upConvolution(let kernel):
            kind = .upConvolution
            operation = "up-convolution \(text(kernel))"
            // Blocks do not overlap: each output voxel is one product of its input voxel's channels with weights.
            products = inputs[0] * outputs
            parameters = kernel.reduce(products, *) + outputs
        case .maxPool(let kernel): (kind, operation) = (.maxPool, "max-pool \(text(kernel))")
        case .dropout(let probability): (kind, operation) = (.dropout, "drop-out \(probability)")
        case .concatenation:
            kind = .concatenation
            let skip = sizes[node.inputs[1]]
            operation = (skip == sizes[index] ? "" : "crop of \(text(skip)), ") + "concatenation"
        case .sum:
            kind = .sum
            let hasShortcut = graph.nodes[node.inputs[0]].name.hasSuffix(".shortcut")
            operation = "sum with the \(hasShortcut ? "shortcut" : "input"), ReLU"
        case .head(let kernel):
            kind = index == graph.outputs[0] ? .head : .auxiliaryHead
            operation =
                "convolution \(text(kernel))"
                + (kind == .head ? "" : ", in training only")
            products = inputs[0] * outputs
            parameters = products + outputs
        }
        name = node.name
        channels = outputs
        size = sizes[index]
        self.parameters = parameters
        self.buffers = buffers
        flops = 2 * Double(products) * voxels
    }
}
