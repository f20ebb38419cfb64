import Torch

/// A network that gives logits for every voxel of its input.
open class SegmentationNetwork: Module {
    /// What the network was built from.
    public let configuration: NetworkConfiguration

    /// A network described by `configuration`.
    public init(_ configuration: NetworkConfiguration) throws(TorchError) {
        self.configuration = configuration
    }

    /// Logits (N, outputChannels, H, W) of `x` (N, inputChannels, H, W).
    open func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        preconditionFailure("\(type(of: self)) must say how it computes its logits")
    }

    /// Class probabilities of `logits`: sigmoid for one channel, softmax over channels for several.
    public func probabilities(_ logits: Tensor) throws(TorchError) -> Tensor {
        try configuration.outputChannels == 1 ? logits.sigmoid() : logits.softmax(axis: 1)
    }

    /// Values in parameters and buffers, as Keras counts them, and how many of them are trained.
    public var parameterCount: (total: Int, trainable: Int) {
        (state.reduce(0) { $0 + $1.tensor.count }, parameters.reduce(0) { $0 + $1.tensor.count })
    }
}
