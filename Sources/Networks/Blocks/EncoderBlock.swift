import Torch

/// A `ConvBlock`, whose output is the skip, and 2×2 max-pool.
public final class EncoderBlock: Module {
    let block: ConvBlock

    /// An encoder level of `inputs` to `outputs` channels.
    public init(_ inputs: Int, _ outputs: Int, _ configuration: NetworkConfiguration) throws(TorchError) {
        block = try ConvBlock(inputs, outputs, configuration)
    }

    /// (N, inputs, H, W) → the skip (N, outputs, H, W) and the pooled map (N, outputs, H/2, W/2).
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> (skip: Tensor, pooled: Tensor) {
        let skip = try block(x)
        return (skip, try skip.maxPooled([2, 2]))
    }
}
