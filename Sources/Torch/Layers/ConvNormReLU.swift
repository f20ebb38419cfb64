import CTorch

/// Convolution, batch norm and ReLU: the unit that U-Nets are made of.
///
/// It is one module so that kernels that do all three in one pass over memory can take its place.
public final class ConvNormReLU: Module {
    /// The convolution; its bias is kept, as in the Keras original, though the norm takes it out again.
    public let conv: Convolution
    /// The norm of the convolution's output.
    public let norm: BatchNorm

    /// A unit of `inputs` to `outputs` channels; where no `padding` is given, one that keeps the size for odd sides of
    /// `kernel`.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], padding: [Int]? = nil, epsilon: Double = 1e-5,
        momentum: Double = 0.1
    ) throws(TorchError) {
        conv = try Convolution(inputs, outputs, kernel: kernel, padding: padding ?? kernel.map { $0 / 2 })
        norm = try BatchNorm(outputs, epsilon: epsilon, momentum: momentum)
    }

    /// ReLU(norm(conv(x))), where x is `parts` one after the other along the channels.
    public func callAsFunction(_ parts: Tensor...) throws(TorchError) -> Tensor { try self(parts) }

    /// ReLU(norm(conv(x))), where x is `parts` one after the other along the channels.
    public func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        let handles = parts.map(\.handle)
        return try make(
            "convolution, norm and ReLU of \(parts.map(\.shape)) with weights \(conv.weight.tensor.shape)"
        ) {
            ct_conv_norm_relu(
                handles, Int32(handles.count), conv.weight.tensor.handle, conv.bias?.tensor.handle,
                conv.padding,
                Int32(conv.padding.count), norm.weight.tensor.handle, norm.bias.tensor.handle,
                norm.runningMean.tensor.handle, norm.runningVar.tensor.handle, isTraining, norm.momentum,
                norm.epsilon, $0)
        }
    }
}
