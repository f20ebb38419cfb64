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
