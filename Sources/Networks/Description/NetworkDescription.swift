/// A network layer by layer for one size of input, as the U-Net paper's Figure 1 shows it.
///
/// Sizes and counts are computed from the configuration; no network is made.
public struct NetworkDescription: Sendable {
    /// What is described.
    public let network: NetworkConfiguration
    /// Spatial size of the input in the order of a tensor's axes, (D,) H, W.
    public let input: [Int]
    /// Spatial size of the logits.
    public let output: [Int]
    /// The layers in the order in which they run, auxiliary heads last.
    public let layers: [NetworkLayer]
    /// Names and shapes of all that a weights file of the network holds, parameters and buffers.
    public let tensors: [(name: String, shape: [Int])]

    /// Trained values.
    public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
    /// Running statistics of batch norms.
    public var buffers: Int { layers.reduce(0) { $0 + $1.buffers } }
    /// Floating-point operations of a prediction for one image, see `NetworkLayer.flops`.
    public var flops: Double {
        layers.reduce(0) { $0 + ($1.kind == .auxiliaryHead ? 0 : $1.flops) }
    }

    /// The description of `network` for an input of `input` pixels or voxels.
    ///
    /// - Throws: `NetworkError.tooLarge`, `.sizeDoesNotFit`.
    public init(_ network: NetworkConfiguration, input: [Int]) throws(NetworkError) {
        try network.checkWeightCount()
        guard let output = network.outputSize(of: input) else {
            throw .sizeDoesNotFit(input: input, network: network, fitting: network.nearestInputs(to: input))
        }
        self.network = network
        self.input = input
        self.output = output
        var walk = LayerWalk(network, input: input)
        walk.run()
        layers = walk.layers
        tensors = walk.tensors
    }
}
