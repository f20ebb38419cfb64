/// A builder of U-Nets: encoder levels with F, 2F, 4F, … filters, a bridge, decoder levels back to F, and a 1×1
/// convolution to the classes (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28; in 3D Çiçek et al. 2016,
/// doi:10.1007/978-3-319-46723-8_49).
///
/// Architectures differ in their blocks and the padding of these; the names of the weights are the same.
struct UNetBuilder {
    private(set) var nodes: [NetworkGraph.Node]
    private(set) var outputs: [Int] = []
    private let network: NetworkConfiguration

    init(_ network: NetworkConfiguration) {
        self.network = network
        nodes = [.init(name: "input", operation: .input, inputs: [], channels: network.inputChannels)]
    }

    mutating func build() {
        var skips: [Int] = []
        var supervised: [Int: Int] = [:]
        var map = 0
        for level in 0..<network.depth {
            map = encoderBlock("encoders.\(level).block", level, of: map)
            if level == network.depth - 1 { map = dropout("encoders.\(level).dropout", of: map) }
            skips.append(map)
            map = add("encoders.\(level).pool", .maxPool(kernel: network.poolings[level]), of: [map])
        }
        map = encoderBlock("bridge", network.depth, of: map)
        map = dropout("dropout", of: map)
        for (index, level) in (0..<network.depth).reversed().enumerated() {
            let width = network.filters << level
            map = add(
                "decoders.\(index).up", .upConvolution(kernel: network.poolings[level]), of: [map],
                channels: width)
            map = add(
                "decoders.\(index).skip", .concatenation(crops: network.architecture == .classic),
                of: [map, skips[level]], channels: 2 * width)
            map = convBlock("decoders.\(index).block", level, of: map)
            supervised[level] = map
        }
        outputs = [head("head", of: map)]
        for level in network.auxiliaryLevels {
            guard let map = supervised[level] else {
                preconditionFailure("every supervised level is a decoder level")
            }
            outputs.append(head("auxiliary_heads.\(level - 1)", of: map))
        }
    }

    private mutating func encoderBlock(_ name: String, _ level: Int, of input: Int) -> Int {
        network.architecture == .residual
            ? residualBlock(name, level, of: input) : convBlock(name, level, of: input)
    }

    /// Twice (convolution → norm → ReLU).
    private mutating func convBlock(_ name: String, _ level: Int, of input: Int) -> Int {
        let first = convolution("\(name).first", level, of: input)
        return convolution("\(name).second", level, of: first)
    }

    /// ReLU(shortcut(x) + norm(conv(ReLU(norm(conv(x)))))) (He et al. 2016, doi:10.1109/CVPR.2016.90). The shortcut is
    /// the identity, or a 1×1 convolution with norm if the channels change.
    private mutating func residualBlock(_ name: String, _ level: Int, of input: Int) -> Int {
        let first = convolution("\(name).first", level, of: input)
        let second = convolution("\(name).second", level, of: first, isRectified: false)
        var shortcut = input
        if nodes[input].channels != nodes[second].channels {
            let ones = network.kernels[level].map { _ in 1 }
            shortcut = convolution("\(name).shortcut", level, of: input, kernel: ones, isRectified: false)
        }
        return add("\(name).sum", .sum, of: [shortcut, second])
    }

    private mutating func convolution(
        _ name: String, _ level: Int, of input: Int, kernel: [Int]? = nil, isRectified: Bool = true
    ) -> Int {
        let padding = kernel?.map { $0 / 2 } ?? network.padding(atLevel: level)
        return add(
            name,
            .convolution(
                kernel: kernel ?? network.kernels[level], padding: padding, norm: network.norm,
                isRectified: isRectified),
            of: [input], channels: network.filters << level)
    }

    private mutating func dropout(_ name: String, of input: Int) -> Int {
        network.dropout > 0 ? add(name, .dropout(probability: network.dropout), of: [input]) : input
    }

    private mutating func head(_ name: String, of input: Int) -> Int {
        let ones = Array(repeating: 1, count: network.dimensions.rank)
        return add(name, .head(kernel: ones), of: [input], channels: network.outputChannels)
    }

    /// Appends a node, by default with as many channels as its first input, and returns its index.
    private mutating func add(
        _ name: String, _ operation: NetworkGraph.Operation, of inputs: [Int], channels: Int? = nil
    ) -> Int {
        nodes.append(
            .init(
                name: name, operation: operation, inputs: inputs,
                channels: channels ?? nodes[inputs[0]].channels))
        return nodes.count - 1
    }
}

extension NetworkConfiguration {
    /// Decoder levels below the finest that are supervised: all but the coarsest decoder level, as in nnU-Net (Isensee
    /// et al. 2021: all but the two lowest resolutions), so that networks with one or two poolings have none.
    public var auxiliaryLevels: Range<Int> { 1..<(deepSupervision ? max(1, depth - 1) : 1) }
}
