import Torch

/// Twice (3×3 convolution → batch norm → ReLU), the size kept.
public final class ConvBlock: Module {
    let first: ConvNormReLU
    let second: ConvNormReLU

    /// A block of `inputs` to `outputs` channels, with the norm's constants of `configuration`.
    public init(_ inputs: Int, _ outputs: Int, _ configuration: NetworkConfiguration) throws(TorchError) {
        let (epsilon, momentum) = (configuration.normEpsilon, configuration.normMomentum)
        first = try ConvNormReLU(inputs, outputs, kernel: [3, 3], epsilon: epsilon, momentum: momentum)
        second = try ConvNormReLU(outputs, outputs, kernel: [3, 3], epsilon: epsilon, momentum: momentum)
    }

    /// (N, inputs, H, W) → (N, outputs, H, W).
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try second(first(x)) }

    /// The block over `x` and `skip` one after the other along the channels.
    public func callAsFunction(_ x: Tensor, _ skip: Tensor) throws(TorchError) -> Tensor {
        try second(first(x, skip))
    }
}
