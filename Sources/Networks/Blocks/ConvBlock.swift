import Torch

/// A block that turns one map into another: what encoder levels and the bridge are made of.
public protocol FeatureBlock: Module {
    /// (N, inputs, (D,) H, W) → (N, outputs, (D,) H, W), smaller where convolutions are not padded.
    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor
}

/// Twice (convolution → norm → ReLU).
public final class ConvBlock: Module, FeatureBlock {
    let first: any ConvUnit
    let second: any ConvUnit

    /// A block of `inputs` to `outputs` channels.
    public init(_ inputs: Int, _ outputs: Int, _ style: ConvStyle) throws(TorchError) {
        first = try style.unit(inputs, outputs)
        second = try style.unit(outputs, outputs)
    }

    /// The block over `x`.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try second([first([x])]) }

    /// The block over `x` and `skip` one after the other along the channels.
    public func callAsFunction(_ x: Tensor, _ skip: Tensor) throws(TorchError) -> Tensor {
        try second([first([x, skip])])
    }
}
