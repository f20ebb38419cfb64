/// Convolution and ReLU: the unit of a U-Net without norms.
///
/// It is one module so that kernels that do both in one pass over memory can take its place.
public final class ConvReLU: Module {
    /// The convolution.
    public let conv: Convolution

    /// A unit of `inputs` to `outputs` channels; `padding` 0 where not given.
    public init(_ inputs: Int, _ outputs: Int, kernel: [Int], padding: [Int]? = nil) throws(TorchError) {
        conv = try Convolution(inputs, outputs, kernel: kernel, padding: padding)
    }

    /// ReLU(conv(x)), where x is `parts` one after the other along the channels.
    public func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        try conv.rectified(parts)
    }
}
