import Files
import Foundation

/// A description of a network, layer by layer, for one input size, like Figure 1 of the U-Net paper.
///
/// Sizes and counts are computed from the graph; no network is created.
public struct NetworkDescription: Sendable, Equatable {
    /// The described network.
    public let network: NetworkConfiguration
    /// Spatial size of the input in the order of a tensor's axes, (D,) H, W.
    public let input: [Int]
    /// Spatial size of the logits.
    public let output: [Int]
    /// The layers in the order in which they run, with auxiliary heads last.
    public let layers: [NetworkLayer]
    /// See `NetworkGraph.tensors`.
    public var tensors: [(name: String, shape: [Int])] { NetworkGraph(network).tensors }

    /// Trained values.
    public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
    /// Running statistics of batch norms.
    public var buffers: Int { layers.reduce(0) { $0 + $1.buffers } }
    /// Floating-point operations of a prediction for one image; see `NetworkLayer.flops`.
    public var flops: Double {
        layers.reduce(0) { $0 + ($1.kind == .auxiliaryHead ? 0 : $1.flops) }
    }

    /// Creates the description of `network` for an input of `input` pixels or voxels.
    ///
    /// - Throws: `NetworkError.tooLarge`, `.sizeDoesNotFit`.
    public init(_ network: NetworkConfiguration, input: [Int]) throws(NetworkError) {
        try network.checkWeightCount()
        guard let output = network.outputSize(of: input) else {
            throw .sizeDoesNotFit(input: input, network: network, fitting: network.nearestInputs(to: input))
        }
        self.network = network
        self.input = input
        self.output = output
        let graph = NetworkGraph(network)
        let sizes = graph.sizes(input: input)
        layers = graph.nodes.indices.map { NetworkLayer(graph, $0, sizes: sizes) }
    }
}

extension NetworkGraph {
    /// Returns the spatial size of every node's result for an `input` that fits.
    package func sizes(input: [Int]) -> [[Int]] {
        var sizes: [[Int]] = []
        for node in nodes {
            switch node.operation {
            case .input: sizes.append(input)
            case .convolution(let kernel, let padding, _, _):
                let loss = zip(kernel, padding).map { $0 - 1 - 2 * $1 }
                sizes.append(zip(sizes[node.inputs[0]], loss).map(-))
            case .upConvolution(let kernel): sizes.append(zip(sizes[node.inputs[0]], kernel).map(*))
            case .maxPool(let kernel): sizes.append(zip(sizes[node.inputs[0]], kernel).map(/))
            case .dropout, .concatenation, .sum, .head: sizes.append(sizes[node.inputs[0]])
            }
        }
        return sizes
    }
}

// MARK: Text and JSON

extension NetworkDescription {
    /// Returns sides as text, such as `572x572`.
    public static func text(_ size: [Int]) -> String { size.map(String.init).joined(separator: "x") }

    /// Returns a table of the layers, with totals below.
    public func table() -> String {
        var rows = [["layer", "operation", "channels", "size", "parameters", "GFLOP"]]
        for layer in layers {
            rows.append([
                layer.name, layer.operation, String(layer.channels), Self.text(layer.size),
                layer.parameters == 0 ? "" : grouped(layer.parameters),
                layer.flops == 0 ? "" : giga(layer.flops),
            ])
        }
        let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
        let lines = rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < 2 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ").trimmed
        }
        let statistics = buffers == 0 ? "" : " and \(grouped(buffers)) running statistics"
        return lines.joined(separator: "\n") + """


            \(network.inputChannels) x \(Self.text(input)) in, \(network.outputChannels) x \(Self.text(output)) out
            \(grouped(parameters)) parameters\(statistics)
            \(giga(flops)) GFLOP per prediction, counting 2 for each multiply-add of the convolutions
            """
    }

    private func giga(_ flops: Double) -> String { String(format: "%.2f", flops / 1e9) }

    /// Returns digits in groups of three.
    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digits[index])
        }
    }
}

extension String {
    /// The text without spaces at the end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension NetworkDescription {
    /// Returns the description with its totals as JSON.
    public func json() throws -> String {
        let report = Report(
            network: network, input: input, output: output, layers: layers, parameters: parameters,
            buffers: buffers, flops: flops)
        return String(decoding: try report.jsonText(), as: UTF8.self)
    }

    private struct Report: Encodable {
        let network: NetworkConfiguration
        let input: [Int]
        let output: [Int]
        let layers: [NetworkLayer]
        let parameters: Int
        let buffers: Int
        let flops: Double
    }
}
