import Torch

/// Convolution, norm (if any) and ReLU.
@TensorActor
protocol RectifiedConvolution: Module {
    /// The unit over `parts` one after the other along the channels.
    func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor
}

extension ConvNormReLU: RectifiedConvolution {}
extension ConvInstanceNormReLU: RectifiedConvolution {}
extension ConvReLU: RectifiedConvolution {}

/// Convolution and norm (if any), without ReLU: what a residual block adds up.
final class ConvNorm: Module {
    let conv: Convolution
    let norm: (any NormLayer)?

    init(_ conv: Convolution, _ norm: (any NormLayer)?) {
        self.conv = conv
        self.norm = norm
    }

    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let map = try conv(x)
        return try norm?(map) ?? map
    }
}

/// A norm over channels.
@TensorActor
protocol NormLayer: Module {
    /// `x` normalized.
    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor
}

extension BatchNorm: NormLayer {}
extension InstanceNorm: NormLayer {}
