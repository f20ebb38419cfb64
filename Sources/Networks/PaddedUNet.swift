import Torch

/// The U-Net of the lecture notes: padded convolutions with batch norm, so that the output has the input's size.
///
/// Encoder levels with F, 2F, 4F, 8F filters, a bridge with 16F, decoder levels back to F, and a 1×1 convolution to
/// the classes (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28, with batch norm).
public final class PaddedUNet: SegmentationNetwork {
    let encoders: [EncoderBlock]
    let bridge: ConvBlock
    let decoders: [DecoderBlock]
    let head: Convolution

    /// The network that `configuration` describes.
    public override init(_ configuration: NetworkConfiguration) throws(TorchError) {
        let widths = (0...configuration.depth).map { configuration.filters << $0 }
        var encoders: [EncoderBlock] = []
        var decoders: [DecoderBlock] = []
        for level in 0..<configuration.depth {
            let inputs = level == 0 ? configuration.inputChannels : widths[level - 1]
            encoders.append(try EncoderBlock(inputs, widths[level], configuration))
        }
        bridge = try ConvBlock(widths[configuration.depth - 1], widths[configuration.depth], configuration)
        for level in (0..<configuration.depth).reversed() {
            decoders.append(try DecoderBlock(widths[level + 1], widths[level], configuration))
        }
        head = try Convolution(configuration.filters, configuration.outputChannels, kernel: [1, 1])
        self.encoders = encoders
        self.decoders = decoders
        try super.init(configuration)
    }

    /// Logits (N, outputChannels, H, W) of `x` (N, inputChannels, H, W); H and W multiples of 2^depth.
    public override func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        var skips: [Tensor] = []
        var map = x
        for encoder in encoders {
            let (skip, pooled) = try encoder(map)
            skips.append(skip)
            map = pooled
        }
        map = try bridge(map)
        for decoder in decoders { map = try decoder(map, skip: skips.removeLast()) }
        return try head(map)
    }
}
