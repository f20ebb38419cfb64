import CTorch

// Units of several layers. Each is a single module, so that kernels that compute it in one pass over memory can replace
// it. Their convolutions have a stride of 1.

/// Convolution, batch norm, and ReLU: the basic unit of U-Nets.
public final class ConvNormReLU: Module {
    /// The convolution. It keeps its bias, as in the Keras original, although the norm cancels it.
    public let conv: Convolution
    /// The norm of the convolution's output.
    public let norm: BatchNorm

    /// Creates a unit from `inputChannels` to `outputChannels`. The default `padding` preserves the size for odd sides
    /// of `kernelSize`.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: [Int], padding: [Int]? = nil,
        epsilon: Double = 1e-5, momentum: Double = 0.1
    ) throws(TorchError) {
        conv = try Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: kernelSize,
            padding: padding ?? kernelSize.map { $0 / 2 })
        norm = try BatchNorm(channels: outputChannels, epsilon: epsilon, momentum: momentum)
    }

    /// Returns ReLU(norm(conv(x))), where x is `parts` concatenated along the channels.
    public func callAsFunction(_ parts: Tensor...) throws(TorchError) -> Tensor { try self(parts) }

    /// Returns ReLU(norm(conv(x))), where x is `parts` concatenated along the channels.
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

/// Convolution, instance norm, and ReLU.
public final class ConvInstanceNormReLU: Module {
    /// The convolution.
    public let conv: Convolution
    /// The norm of the convolution's output.
    public let norm: InstanceNorm

    /// Creates a unit from `inputChannels` to `outputChannels`. The default `padding` preserves the size for odd sides
    /// of `kernelSize`.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: [Int], padding: [Int]? = nil,
        epsilon: Double = 1e-5
    ) throws(TorchError) {
        conv = try Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: kernelSize,
            padding: padding ?? kernelSize.map { $0 / 2 })
        norm = try InstanceNorm(channels: outputChannels, epsilon: epsilon)
    }

    /// Returns ReLU(norm(conv(x))), where x is `parts` concatenated along the channels.
    public func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        let handles = parts.map(\.handle)
        return try make(
            "convolution, instance norm and ReLU of \(parts.map(\.shape)) with weights \(conv.weight.tensor.shape)"
        ) {
            ct_conv_instance_norm_relu(
                handles, Int32(handles.count), conv.weight.tensor.handle, conv.bias?.tensor.handle,
                conv.padding, Int32(conv.padding.count), norm.weight.tensor.handle, norm.bias.tensor.handle,
                norm.epsilon, $0)
        }
    }
}

/// Convolution and ReLU: the unit of a U-Net without norms.
public final class ConvReLU: Module {
    /// The convolution.
    public let conv: Convolution

    /// Creates a unit from `inputChannels` to `outputChannels`. The default `padding` preserves the size for odd sides
    /// of `kernelSize`.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: [Int], padding: [Int]? = nil
    ) throws(TorchError) {
        conv = try Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: kernelSize,
            padding: padding ?? kernelSize.map { $0 / 2 })
    }

    /// Returns ReLU(conv(x)), where x is `parts` concatenated along the channels.
    public func callAsFunction(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        let handles = parts.map(\.handle)
        return try make(
            "convolution and ReLU of \(parts.map(\.shape)) with weights \(conv.weight.tensor.shape)"
        ) {
            ct_conv_relu(
                handles, Int32(handles.count), conv.weight.tensor.handle, conv.bias?.tensor.handle,
                conv.padding, Int32(conv.padding.count), $0)
        }
    }
}
