import Torch

/// Convolution, norm (if any) and ReLU.
protocol ConvUnit: Module {
    /// The unit over `parts` one after the other along the channels.
    func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor
}

extension ConvNormReLU: ConvUnit {}
extension ConvReLU: ConvUnit {}

/// A norm over channels.
protocol NormLayer: Module {
    /// `x` normalised.
    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor
}

extension BatchNorm: NormLayer {}
extension InstanceNorm: NormLayer {}

/// Convolution, instance norm and ReLU.
final class ConvInstanceNormReLU: Module, ConvUnit {
    let conv: Convolution
    let norm: InstanceNorm

    init(_ inputs: Int, _ outputs: Int, _ style: ConvStyle) throws(TorchError) {
        conv = try Convolution(inputs, outputs, kernel: style.kernel, padding: style.padding)
        norm = try InstanceNorm(outputs, epsilon: style.epsilon)
    }

    func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        try conv.rectified(parts, norm)
    }
}

/// Convolution and norm (if any), without ReLU: what a residual block adds up.
final class ConvNorm: Module {
    let conv: Convolution
    let norm: (any NormLayer)?

    /// The style's own kernel, or another with its `padding`.
    init(_ inputs: Int, _ outputs: Int, _ style: ConvStyle, kernel: [Int]? = nil, padding: [Int]? = nil)
        throws(TorchError)
    {
        conv = try Convolution(
            inputs, outputs, kernel: kernel ?? style.kernel, padding: padding ?? style.padding)
        norm = try style.makeNorm(outputs)
    }

    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let map = try conv(x)
        return try norm?(map) ?? map
    }
}
