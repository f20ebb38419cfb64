/// Goes through a network as `EncoderDecoder` does, with sizes in place of tensors.
struct LayerWalk {
    private(set) var layers: [NetworkLayer]
    /// Names and shapes of parameters and buffers.
    private(set) var tensors: [(name: String, shape: [Int])] = []
    private let network: NetworkConfiguration
    private var channels: Int
    private var size: [Int]

    init(_ network: NetworkConfiguration, input: [Int]) {
        self.network = network
        channels = network.inputChannels
        size = input
        layers = [
            NetworkLayer(
                name: "input", kind: .input, operation: "", channels: channels, size: size, parameters: 0,
                buffers: 0, flops: 0)
        ]
    }

    mutating func run() {
        var skips: [(channels: Int, size: [Int])] = []
        var supervised: [(level: Int, channels: Int, size: [Int])] = []
        for level in 0..<network.depth {
            encoderBlock("encoders.\(level).block", level)
            if level == network.depth - 1 { dropout("encoders.\(level).dropout") }
            skips.append((channels, size))
            size = zip(size, network.poolings[level]).map(/)
            add(
                "encoders.\(level).pool", .maxPool,
                "max-pool \(NetworkDescription.text(network.poolings[level]))")
        }
        encoderBlock("bridge", network.depth)
        dropout("dropout")
        for (index, level) in (0..<network.depth).reversed().enumerated() {
            let (width, skipSize) = skips[level]
            up("decoders.\(index).up", network.poolings[level], to: width)
            let crop =
                skipSize == size
                ? "concatenation"
                : "crop of \(NetworkDescription.text(skipSize)), concatenation"
            channels += width
            add("decoders.\(index).skip", .concatenation, crop)
            convBlock("decoders.\(index).block", level, to: width)
            if network.auxiliaryLevels.contains(level) { supervised.append((level, channels, size)) }
        }
        head("head", .head, "")
        for (level, width, coarse) in supervised.reversed() {
            (channels, size) = (width, coarse)
            head("auxiliary_heads.\(level - 1)", .auxiliaryHead, ", in training only")
        }
    }

    private mutating func encoderBlock(_ name: String, _ level: Int) {
        let (inputs, outputs) = (channels, network.filters << level)
        guard network.architecture == .residual else { return convBlock(name, level, to: outputs) }
        convolution("\(name).first", network.kernels[level], level, to: outputs, isActivated: true)
        convolution("\(name).second", network.kernels[level], level, to: outputs, isActivated: false)
        if inputs != outputs {
            channels = inputs
            let pointwise = network.kernels[level].map { _ in 1 }
            convolution("\(name).shortcut", pointwise, level, to: outputs, isActivated: false)
        }
        add("\(name).sum", .sum, "sum with the \(inputs == outputs ? "input" : "shortcut"), ReLU")
    }

    private mutating func convBlock(_ name: String, _ level: Int, to outputs: Int) {
        for part in ["first", "second"] {
            size = zip(size, network.loss(atLevel: level)).map(-)
            convolution("\(name).\(part)", network.kernels[level], level, to: outputs, isActivated: true)
        }
    }

    /// `size` is already that of the output.
    private mutating func convolution(
        _ name: String, _ kernel: [Int], _ level: Int, to outputs: Int, isActivated: Bool
    ) {
        let weights = kernel.reduce(channels * outputs, *)
        let norm = network.norm
        hold("\(name).conv", ["weight": [outputs, channels] + kernel, "bias": [outputs]])
        if norm != .none { hold("\(name).norm", ["weight": [outputs], "bias": [outputs]]) }
        if norm == .batch { hold("\(name).norm", ["running_mean": [outputs], "running_var": [outputs]]) }
        var operation = "convolution \(NetworkDescription.text(kernel))"
        if norm != .none { operation += ", \(norm.rawValue) norm" }
        if isActivated { operation += ", ReLU" }
        channels = outputs
        add(
            name, .convolution, operation, parameters: weights + outputs * (norm == .none ? 1 : 3),
            buffers: norm == .batch ? 2 * outputs : 0, flops: 2 * Double(weights) * voxels)
    }

    private mutating func up(_ name: String, _ kernel: [Int], to outputs: Int) {
        let inputs = channels
        hold(name, ["weight": [inputs, outputs] + kernel, "bias": [outputs]])
        size = zip(size, kernel).map(*)
        channels = outputs
        // Blocks do not overlap: each output voxel is one product of its input voxel's channels with weights.
        add(
            name, .upConvolution, "up-convolution \(NetworkDescription.text(kernel))",
            parameters: kernel.reduce(inputs * outputs, *) + outputs,
            flops: 2 * Double(inputs * outputs) * voxels)
    }

    private mutating func dropout(_ name: String) {
        if network.dropout > 0 { add(name, .dropout, "drop-out \(network.dropout)") }
    }

    private mutating func head(_ name: String, _ kind: NetworkLayer.Kind, _ remark: String) {
        let weights = channels * network.outputChannels
        let ones = size.map { _ in 1 }
        hold(name, ["weight": [network.outputChannels, channels] + ones, "bias": [network.outputChannels]])
        channels = network.outputChannels
        let pointwise = NetworkDescription.text(ones)
        add(
            name, kind, "convolution \(pointwise)\(remark)", parameters: weights + channels,
            flops: 2 * Double(weights) * voxels)
    }

    private mutating func hold(_ module: String, _ shapes: KeyValuePairs<String, [Int]>) {
        for (name, shape) in shapes { tensors.append(("\(module).\(name)", shape)) }
    }

    private var voxels: Double { size.reduce(1) { $0 * Double($1) } }

    private mutating func add(
        _ name: String, _ kind: NetworkLayer.Kind, _ operation: String, parameters: Int = 0, buffers: Int = 0,
        flops: Double = 0
    ) {
        layers.append(
            NetworkLayer(
                name: name, kind: kind, operation: operation, channels: channels, size: size,
                parameters: parameters, buffers: buffers, flops: flops))
    }
}
