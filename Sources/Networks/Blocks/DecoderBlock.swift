import Torch

/// Up-convolution, concatenation with the skip, `ConvBlock`.
public final class DecoderBlock: Module {
    let up: UpConvolution
    let block: ConvBlock
    private let crops: Bool

    /// The decoder level `level` of `configuration`, of `inputs` to `outputs` channels; the skip has `outputs`
    /// channels. The up-convolution undoes the level's pooling.
    public init(_ inputs: Int, _ outputs: Int, level: Int, _ configuration: NetworkConfiguration)
        throws(TorchError)
    {
        up = try UpConvolution(inputs, outputs, kernel: configuration.poolings[level])
        block = try ConvBlock(2 * outputs, outputs, configuration.style(level: level))
        crops = configuration.architecture == .classic
    }

    /// (N, inputs, (D,) H, W) and the skip (N, outputs, (D,) 2H, 2W) → (N, outputs, (D,) 2H, 2W). The skip of the
    /// classic network is larger and cut to its centre, and its output is smaller.
    public func callAsFunction(_ x: Tensor, skip: Tensor) throws(TorchError) -> Tensor {
        let map = try up(x)
        guard crops else { return try block(map, skip) }
        return try block(map, skip.croppedToCentre(Array(map.shape.dropFirst(2))))
    }
}
