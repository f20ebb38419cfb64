import Torch
import UNetDesign

/// The U-Net: encoder levels with F, 2F, 4F, … filters, a bridge, decoder levels back to F, and a 1×1 convolution to
/// the classes (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28; in 3D, Çiçek et al. 2016,
/// doi:10.1007/978-3-319-46723-8_49).
///
/// It computes the `NetworkGraph` of its configuration; weights have the names of the graph's nodes.
public final class UNet: SegmentationNetwork {
    /// The graph that the network computes.
    public let graph: NetworkGraph
    /// The modules of the graph's nodes, by name.
    private let modules: NamedModules
    private let units: [Unit]
    private let lastUses: (logits: [Int?], all: [Int?])

    /// The implementation of a node. Several input maps of a convolution are kept as separate parts along the channels,
    /// so that kernels can read them in place.
    private enum Unit {
        case rectified(any RectifiedConvolution)
        case convolution(ConvNorm)
        case upConvolution(UpConvolution)
        case dropout(Dropout)
        case head(Convolution)
        /// An operation without weights or state.
        case none

        var module: Module? {
            switch self {
            case .rectified(let module): module
            case .convolution(let module): module
            case .upConvolution(let module): module
            case .dropout(let module): module
            case .head(let module): module
            case .none: nil
            }
        }
    }

    /// Creates the network of `configuration`, with weights drawn from libtorch's generator.
    public override init(_ configuration: NetworkConfiguration) throws(TorchError) {
        graph = NetworkGraph(configuration)
        var units: [Unit] = []
        for node in graph.nodes { units.append(try Self.unit(node, in: graph, configuration)) }
        self.units = units
        modules = NamedModules(
            zip(graph.nodes, units).compactMap { node, unit in unit.module.map { (node.name, $0) } })
        lastUses = (graph.lastUses(for: [graph.outputs[0]]), graph.lastUses(for: graph.outputs))
        try super.init(configuration)
    }

    /// Returns the logits (N, outputChannels, (D,) H, W) of `x` (N, inputChannels, (D,) H, W).
    public override func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try run(x, lastUses.logits)[graph.outputs[0]]!
    }

    /// Returns the logits of every supervised decoder level, the finest first. Those of coarser levels have their own
    /// size, except in the classic network: its coarser maps do not start at the border of the finer one, so they are
    /// enlarged and cropped to the finest size.
    public override func outputs(_ x: Tensor) throws(TorchError) -> [Tensor] {
        let results = try run(x, lastUses.all)
        var outputs = graph.outputs.map { results[$0]! }
        guard configuration.architecture == .classic else { return outputs }
        let size = Array(outputs[0].shape.dropFirst(2))
        for level in 1..<max(1, outputs.count) {
            outputs[level] = try outputs[level].enlarged(configuration.factors(atLevel: level))
                .croppedToCenter(size)
        }
        return outputs
    }

    /// Returns the output of every node for `x`, by the nodes' names.
    package func results(of x: Tensor) throws(TorchError) -> [String: Tensor] {
        let everything = graph.nodes.map { _ -> Int? in graph.nodes.count }
        let results = try run(x, everything)
        return Dictionary(uniqueKeysWithValues: results.map { (graph.nodes[$0.key].name, $0.value) })
    }

    /// Computes the nodes that are used, and releases each result after its last use.
    private func run(_ x: Tensor, _ lastUses: [Int?]) throws(TorchError) -> [Int: Tensor] {
        // The maps that make up each result, along the channels.
        var results: [Int: [Tensor]] = [0: [x]]
        for (index, node) in graph.nodes.enumerated().dropFirst() where lastUses[index] != nil {
            results[index] = try compute(node, units[index], node.inputs.map { results[$0]! })
            for input in node.inputs where lastUses[input] == index { results[input] = nil }
        }
        var whole: [Int: Tensor] = [:]
        for (index, parts) in results { whole[index] = try joined(parts) }
        return whole
    }

    private func compute(_ node: NetworkGraph.Node, _ unit: Unit, _ inputs: [[Tensor]]) throws(TorchError)
        -> [Tensor]
    {
        switch unit {
        case .rectified(let module): return [try module(inputs[0])]
        case .convolution(let module): return [try module(joined(inputs[0]))]
        case .upConvolution(let module): return [try module(joined(inputs[0]))]
        case .dropout(let module): return [try module(joined(inputs[0]))]
        case .head(let module): return [try module(joined(inputs[0]))]
        case .none: break
        }
        switch node.operation {
        case .maxPool(let kernel): return [try joined(inputs[0]).maxPooled(kernel)]
        case .sum: return [try (joined(inputs[0]) + joined(inputs[1])).relu()]
        case .concatenation(let crops):
            var parts: [Tensor] = []
            for input in inputs { parts.append(try joined(input)) }
            guard crops else { return parts }
            let size = Array(parts[0].shape.dropFirst(2))
            for index in parts.indices { parts[index] = try parts[index].croppedToCenter(size) }
            return parts
        case .input, .convolution, .upConvolution, .dropout, .head:
            preconditionFailure("\(node.name) has a module or is the input")
        }
    }

    private func joined(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        parts.count == 1 ? parts[0] : try .concatenated(parts, axis: 1)
    }

    private static func unit(
        _ node: NetworkGraph.Node, in graph: NetworkGraph, _ configuration: NetworkConfiguration
    ) throws(TorchError) -> Unit {
        let inputs = node.inputs.first.map { graph.nodes[$0].channels } ?? 0
        switch node.operation {
        case .input, .maxPool, .concatenation, .sum: return .none
        case .dropout(let probability): return .dropout(Dropout(probability))
        case .upConvolution(let kernel):
            return .upConvolution(
                try UpConvolution(inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel))
        case .head(let kernel):
            return .head(
                try Convolution(inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel))
        case .convolution(let kernel, let padding, let norm, let isRectified):
            let (epsilon, momentum) = (configuration.normEpsilon, configuration.normMomentum)
            switch (norm, isRectified) {
            case (.batch, true):
                return .rectified(
                    try ConvNormReLU(
                        inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel,
                        padding: padding, epsilon: epsilon, momentum: momentum))
            case (.instance, true):
                return .rectified(
                    try ConvInstanceNormReLU(
                        inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel,
                        padding: padding, epsilon: epsilon))
            case (.none, true):
                return .rectified(
                    try ConvReLU(
                        inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel,
                        padding: padding))
            case (_, false):
                let convolution = try Convolution(
                    inputChannels: inputs, outputChannels: node.channels, kernelSize: kernel, padding: padding
                )
                return .convolution(
                    ConvNorm(convolution, try Self.norm(norm, channels: node.channels, configuration)))
            }
        }
    }

    private static func norm(
        _ norm: Norm, channels: Int, _ configuration: NetworkConfiguration
    ) throws(TorchError) -> (any NormLayer)? {
        switch norm {
        case .batch:
            try BatchNorm(
                channels: channels, epsilon: configuration.normEpsilon, momentum: configuration.normMomentum)
        case .instance: try InstanceNorm(channels: channels, epsilon: configuration.normEpsilon)
        case .none: nil
        }
    }
}

extension NetworkConfiguration {
    /// Creates the network, with weights drawn from libtorch's generator.
    ///
    /// - Throws: `NetworkError` if the network is not valid or is too large; `TorchError`.
    @TensorActor
    public func makeNetwork() throws -> SegmentationNetwork {
        try checkWeightCount()
        return try UNet(self)
    }
}
