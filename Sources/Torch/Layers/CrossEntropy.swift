import CTorch

extension Tensor {
    /// Mean over voxels of −ln softmax(logits) at the target class; logits (N, C, …), target (N, …) int64.
    ///
    /// With `weights` w (N, …) it is the weighted mean Σ w·l / Σ w, 0 where all weights are 0.
    public func crossEntropy(_ target: Tensor, weights: Tensor? = nil) throws(TorchError) -> Tensor {
        try make("cross-entropy of \(shape) with target \(target.shape)") {
            ct_cross_entropy(handle, target.handle, weights?.handle, $0)
        }
    }

    /// Mean over voxels of the binary cross-entropy of sigmoid(logits); the target has the logits' shape, and so have
    /// `weights`, with which it is the weighted mean.
    public func binaryCrossEntropy(_ target: Tensor, weights: Tensor? = nil) throws(TorchError) -> Tensor {
        try make("binary cross-entropy of \(shape) with target \(target.shape)") {
            ct_binary_cross_entropy(handle, target.handle, weights?.handle, $0)
        }
    }
}
