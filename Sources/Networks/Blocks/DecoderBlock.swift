import Torch

/// 2×2 stride-2 transposed convolution, concatenation with the skip, `ConvBlock`.
public final class DecoderBlock: Module {
    let up: UpConvolution
    let block: ConvBlock

    /// A decoder level of `inputs` to `outputs` channels; the skip has `outputs` channels.
    public init(_ inputs: Int, _ outputs: Int, _ configuration: NetworkConfiguration) throws(TorchError) {
        up = try UpConvolution(inputs, outputs, kernel: [2, 2])
        block = try ConvBlock(2 * outputs, outputs, configuration)
    }

    /// (N, inputs, H, W) and the skip (N, outputs, 2H, 2W) → (N, outputs, 2H, 2W).
    public func callAsFunction(_ x: Tensor, skip: Tensor) throws(TorchError) -> Tensor {
        try block(up(x), skip)
    }
}
