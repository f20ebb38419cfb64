import Torch

/// The U-Net: encoder levels with F, 2F, 4F, … filters, a bridge, decoder levels back to F, and a 1×1 convolution to
/// the classes (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28; in 3D Çiçek et al. 2016,
/// doi:10.1007/978-3-319-46723-8_49).
///
/// Architectures differ in their blocks and in whether these are padded; the names of the weights are the same.
public final class EncoderDecoder: SegmentationNetwork {
    let encoders: [EncoderBlock]
    let bridge: any FeatureBlock
    let dropout: Dropout?
    let decoders: [DecoderBlock]
    let head: Convolution
    /// For the decoder levels below the finest, from the finer to the coarser.
    let auxiliaryHeads: [Convolution]

    /// The network that `configuration` describes.
    public override init(_ configuration: NetworkConfiguration) throws(TorchError) {
        let depth = configuration.depth
        let widths = (0...depth).map { configuration.filters << $0 }
        var encoders: [EncoderBlock] = []
        var decoders: [DecoderBlock] = []
        var auxiliaryHeads: [Convolution] = []
        for level in 0..<depth {
            let inputs = level == 0 ? configuration.inputChannels : widths[level - 1]
            encoders.append(try EncoderBlock(inputs, widths[level], level: level, configuration))
        }
        let style = configuration.style(level: depth)
        bridge = try configuration.encoderBlock(widths[depth - 1], widths[depth], style)
        dropout = configuration.dropout > 0 ? Dropout(configuration.dropout) : nil
        for level in (0..<depth).reversed() {
            decoders.append(try DecoderBlock(widths[level + 1], widths[level], level: level, configuration))
        }
        let pointwise = Array(repeating: 1, count: configuration.dimensions.rank)
        head = try Convolution(widths[0], configuration.outputChannels, kernel: pointwise)
        for level in configuration.auxiliaryLevels {
            auxiliaryHeads.append(
                try Convolution(widths[level], configuration.outputChannels, kernel: pointwise))
        }
        self.encoders = encoders
        self.decoders = decoders
        self.auxiliaryHeads = auxiliaryHeads
        try super.init(configuration)
    }

    /// Logits (N, outputChannels, (D,) H, W) of `x` (N, inputChannels, (D,) H, W).
    public override func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try run(x, heads: [])[0]
    }

    /// Logits of every decoder level that is supervised, the finest first. Those of coarser levels have their own
    /// size, except in the classic network: its coarser maps do not start on the finer one's border, so that they are
    /// enlarged and cropped to the finest's size.
    public override func outputs(_ x: Tensor) throws(TorchError) -> [Tensor] {
        var outputs = try run(x, heads: auxiliaryHeads)
        guard configuration.architecture == .classic else { return outputs }
        let size = Array(outputs[0].shape.dropFirst(2))
        for level in 1..<max(1, outputs.count) {
            outputs[level] = try outputs[level].enlarged(configuration.factors(atLevel: level))
                .croppedToCentre(size)
        }
        return outputs
    }

    private func run(_ x: Tensor, heads: [Convolution]) throws(TorchError) -> [Tensor] {
        var skips: [Tensor] = []
        var map = x
        for encoder in encoders {
            let (skip, pooled) = try encoder(map)
            skips.append(skip)
            map = pooled
        }
        map = try bridge(map)
        if let dropout { map = try dropout(map) }
        var outputs: [Tensor] = []
        for (level, decoder) in zip((0..<decoders.count).reversed(), decoders) {
            map = try decoder(map, skip: skips.removeLast())
            if level > 0, level <= heads.count {
                outputs.append(try heads[level - 1](map))
            }
        }
        return [try head(map)] + outputs.reversed()
    }
}

extension NetworkConfiguration {
    /// Decoder levels below the finest that are supervised: all but the coarsest decoder level, as in nnU-Net (Isensee
    /// et al. 2021: all but the two lowest resolutions), so that networks with one or two poolings have none.
    public var auxiliaryLevels: Range<Int> { 1..<(deepSupervision ? max(1, depth - 1) : 1) }
}
