/// A network as a graph of operations, each with those that it reads from.
///
/// It contains no weights and no sizes. `UNet` is built from it and runs it, `NetworkDescription` gives the sizes and
/// counts for one input, and formats for other programs are written from it.
public struct NetworkGraph: Sendable, Equatable {
    /// A kind of computation. Sizes and kernels are in the order of a tensor's axes, (D,) H, W.
    public enum Operation: Sendable, Equatable {
        /// The image or volume itself.
        case input
        /// A convolution of stride 1 with bias, a norm, and optionally a ReLU.
        case convolution(kernel: [Int], padding: [Int], norm: Norm, isRectified: Bool)
        /// A transposed convolution with bias and a stride equal to its kernel, so that each voxel becomes a block.
        case upConvolution(kernel: [Int])
        /// The largest value of each block.
        case maxPool(kernel: [Int])
        /// In training, values are set to 0 with this probability and the rest scaled up.
        case dropout(probability: Double)
        /// Maps one after the other along the channels; with `crops`, those larger than the first are cropped to their
        /// center.
        case concatenation(crops: Bool)
        /// ReLU of the sum of two maps.
        case sum
        /// The convolution with bias to the logits, with a kernel of 1 along every axis.
        case head(kernel: [Int])
    }

    /// An operation at its place in the graph.
    public struct Node: Sendable, Equatable {
        /// The place in the network, which begins the names of its weights.
        public let name: String
        /// The operation that it computes.
        public let operation: Operation
        /// The nodes that it reads, as indices into `nodes`; all of them precede it.
        public let inputs: [Int]
        /// Channels of its result.
        public let channels: Int
    }

    /// The operations in an order in which they can be computed; the first is the input.
    public let nodes: [Node]
    /// The heads, as indices into `nodes`: the finest first, then those of coarser decoder levels, which deep
    /// supervision trains and prediction leaves out.
    public let outputs: [Int]

    /// Creates the graph of the network that `configuration` describes.
    ///
    /// - Precondition: `configuration` has poolings and kernels for every level and axis.
    public init(_ configuration: NetworkConfiguration) {
        precondition(configuration.hasSoundLevels, "poolings and kernels for every level and axis")
        var builder = UNetBuilder(configuration)
        builder.build()
        nodes = builder.nodes
        outputs = builder.outputs
    }

    /// Returns the last node computed of those that read each node, for the results in `outputs`; nil if no output
    /// needs the node. After it, the node's own result is no longer needed.
    public func lastUses(for outputs: [Int]) -> [Int?] {
        var last = [Int?](repeating: nil, count: nodes.count)
        for output in outputs { last[output] = nodes.count }
        for index in nodes.indices.reversed() where last[index] != nil {
            for input in nodes[index].inputs { last[input] = max(last[input] ?? 0, index) }
        }
        return last
    }
}

extension NetworkGraph {
    /// The names and shapes of everything in a weights file of the network, parameters and buffers, in the order of the
    /// nodes. A kernel's shape is (outputs, inputs, kernel…), and (inputs, outputs, kernel…) for up-convolutions.
    public var tensors: [(name: String, shape: [Int])] {
        nodes.flatMap { node -> [(name: String, shape: [Int])] in
            let (name, outputs) = (node.name, node.channels)
            let inputs = node.inputs.first.map { nodes[$0].channels } ?? 0
            switch node.operation {
            case .convolution(let kernel, _, let norm, _):
                var list = [("conv.weight", [outputs, inputs] + kernel), ("conv.bias", [outputs])]
                if norm != .none { list += [("norm.weight", [outputs]), ("norm.bias", [outputs])] }
                if norm == .batch {
                    list += [("norm.running_mean", [outputs]), ("norm.running_var", [outputs])]
                }
                return list.map { ("\(name).\($0.0)", $0.1) }
            case .upConvolution(let kernel):
                return [("\(name).weight", [inputs, outputs] + kernel), ("\(name).bias", [outputs])]
            case .head(let kernel):
                return [("\(name).weight", [outputs, inputs] + kernel), ("\(name).bias", [outputs])]
            case .input, .maxPool, .dropout, .concatenation, .sum: return []
            }
        }
    }
}
