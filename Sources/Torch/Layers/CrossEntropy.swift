import CTorch

extension Tensor {
    /// Mean over voxels of −ln softmax(logits) at the target class; logits (N, C, …), target (N, …) int64.
    public func crossEntropy(_ target: Tensor) throws(TorchError) -> Tensor {
        try make("cross-entropy of \(shape) with target \(target.shape)") {
            ct_cross_entropy(handle, target.handle, $0)
        }
    }

    /// Mean over voxels of the binary cross-entropy of sigmoid(logits); the target has the logits' shape.
    public func binaryCrossEntropy(_ target: Tensor) throws(TorchError) -> Tensor {
        try make("binary cross-entropy of \(shape) with target \(target.shape)") {
            ct_binary_cross_entropy(handle, target.handle, $0)
        }
    }
}
