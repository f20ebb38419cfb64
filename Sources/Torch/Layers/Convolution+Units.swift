import CTorch

/// Convolutions together with what follows them, so that kernels that do all of it in one pass over memory can take its
/// place. Both are for a stride of 1.
extension Convolution {
    /// ReLU(convolution(x)), where x is `parts` one after the other along the channels.
    public func rectified(_ parts: [Tensor]) throws(TorchError) -> Tensor {
        let handles = parts.map(\.handle)
        return try make("convolution and ReLU of \(parts.map(\.shape)) with weights \(weight.tensor.shape)") {
            ct_conv_relu(
                handles, Int32(handles.count), weight.tensor.handle, bias?.tensor.handle, padding,
                Int32(padding.count), $0)
        }
    }

    /// ReLU(norm(convolution(x))), where x is `parts` one after the other along the channels.
    public func rectified(_ parts: [Tensor], _ norm: InstanceNorm) throws(TorchError) -> Tensor {
        let handles = parts.map(\.handle)
        return try make(
            "convolution, instance norm and ReLU of \(parts.map(\.shape)) with weights \(weight.tensor.shape)"
        ) {
            ct_conv_instance_norm_relu(
                handles, Int32(handles.count), weight.tensor.handle, bias?.tensor.handle, padding,
                Int32(padding.count), norm.weight.tensor.handle, norm.bias.tensor.handle, norm.epsilon, $0)
        }
    }
}
