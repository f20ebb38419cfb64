/// One step of a network, with what comes out of it.
public struct NetworkLayer: Sendable, Codable, Equatable {
    /// What a layer does.
    public enum Kind: String, Sendable, Codable {
        /// The image or volume itself.
        case input
        /// A convolution with what follows it: norm, ReLU.
        case convolution
        /// The sum of a residual block and its ReLU.
        case sum
        /// Drop-out.
        case dropout
        /// The largest value of each block.
        case maxPool = "max-pool"
        /// A transposed convolution whose stride is its kernel.
        case upConvolution = "up-convolution"
        /// The encoder's map, cropped where it is larger, behind the decoder's along the channels.
        case concatenation
        /// The 1×1 convolution to the logits.
        case head
        /// The same at a coarser level, for deep supervision; prediction leaves it out.
        case auxiliaryHead = "auxiliary-head"
    }

    /// The module's name, with which those of its weights start; for layers without weights the place in the network.
    public var name: String
    /// What the layer does.
    public var kind: Kind
    /// The same in words, with kernel, norm and activation.
    public var operation: String
    /// Channels of the output.
    public var channels: Int
    /// Spatial size of the output in the order of a tensor's axes, (D,) H, W.
    public var size: [Int]
    /// Trained values.
    public var parameters: Int
    /// Running statistics of batch norms.
    public var buffers: Int
    /// Floating-point operations for one image: two for each multiply-add of a convolution. Norms, ReLU, pooling and
    /// drop-out, a percent or less of it, are left out.
    public var flops: Double
}
