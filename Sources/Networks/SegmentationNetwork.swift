import Torch
import UNetDesign

/// A network that gives logits for every voxel of its input, or of the part of it inside a margin.
open class SegmentationNetwork: Module {
    /// What the network was built from.
    public let configuration: NetworkConfiguration

    /// A network described by `configuration`.
    public init(_ configuration: NetworkConfiguration) throws(TorchError) {
        self.configuration = configuration
    }

    /// Logits (N, outputChannels, (D,) H, W) of `x` (N, inputChannels, (D,) H, W); their size is the configuration's
    /// `outputSize`.
    open func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        preconditionFailure("\(type(of: self)) must say how it computes its logits")
    }

    /// Logits at several scales, the finest first, which is that of `callAsFunction`; only that one without deep
    /// supervision.
    open func outputs(_ x: Tensor) throws(TorchError) -> [Tensor] { [try self(x)] }

    /// Class probabilities of `logits`: sigmoid for one channel, softmax over channels for several.
    public func probabilities(_ logits: Tensor) throws(TorchError) -> Tensor {
        try configuration.outputChannels == 1 ? logits.sigmoid() : logits.softmax(axis: 1)
    }

    /// Values in parameters and buffers, as Keras counts them, and how many of them are trained.
    public var parameterCount: (total: Int, trainable: Int) {
        (state.reduce(0) { $0 + $1.tensor.count }, parameters.reduce(0) { $0 + $1.tensor.count })
    }
}

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
