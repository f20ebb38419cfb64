import Torch
import UNetDesign

/// A network that computes logits for every voxel of its input, or for the part of it inside a margin.
open class SegmentationNetwork: Module {
    /// The configuration of the network.
    public let configuration: NetworkConfiguration

    /// Creates a network from `configuration`.
    public init(_ configuration: NetworkConfiguration) throws(TorchError) {
        self.configuration = configuration
    }

    /// Returns the logits (N, outputChannels, (D,) H, W) of `x` (N, inputChannels, (D,) H, W). Their size is the
    /// configuration's `outputSize`.
    open func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        preconditionFailure("\(type(of: self)) must say how it computes its logits")
    }

    /// Returns the logits at several scales, the finest first, which are those of `callAsFunction`; only these without
    /// deep supervision.
    open func outputs(_ x: Tensor) throws(TorchError) -> [Tensor] { [try self(x)] }

    /// Returns the class probabilities of `logits`: sigmoid for one channel, softmax over channels for several.
    public func probabilities(_ logits: Tensor) throws(TorchError) -> Tensor {
        try configuration.outputChannels == 1 ? logits.sigmoid() : logits.softmax(axis: 1)
    }

    /// The number of values in parameters and buffers, as Keras counts them, and of those that are trained.
    public var parameterCount: (total: Int, trainable: Int) {
        (state.reduce(0) { $0 + $1.tensor.count }, parameters.reduce(0) { $0 + $1.tensor.count })
    }
}

/// Convolution, norm (if any), and ReLU.
@TensorActor
protocol RectifiedConvolution: Module {
    /// Returns the unit's output for `parts` concatenated along the channels.
    func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor
}

extension ConvNormReLU: RectifiedConvolution {}
extension ConvInstanceNormReLU: RectifiedConvolution {}
extension ConvReLU: RectifiedConvolution {}

/// Convolution and norm (if any) without ReLU, as added in a residual block.
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

/// A norm of channels.
@TensorActor
protocol NormLayer: Module {
    /// Returns `x` normalized.
    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor
}

extension BatchNorm: NormLayer {}
extension InstanceNorm: NormLayer {}
