import CTorch

/// Dropout: sets values to 0 with a given probability and scales up the rest in training, and passes them unchanged
/// otherwise.
public final class Dropout: Module {
    /// The probability of dropping a value, 0 to 1.
    public let probability: Double

    /// Creates a dropout layer with `probability`.
    public init(_ probability: Double) { self.probability = probability }

    /// Returns `x` with values dropped.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("drop-out of \(x.shape)") { ct_dropout(x.handle, probability, isTraining, $0) }
    }
}

extension Tensor {
    /// Returns the maximum of each block of `kernel`, with adjacent blocks; 2D or 3D depending on the length of
    /// `kernel`.
    public func maxPooled(_ kernel: [Int]) throws(TorchError) -> Tensor {
        let size = wide(kernel)
        return try make("max-pool of \(shape)") { ct_max_pool(handle, size, Int32(size.count), $0) }
    }
}

extension Tensor {
    /// Returns the mean over voxels of −ln softmax(logits) at the target class, for logits (N, C, …) and target (N, …)
    /// int64.
    ///
    /// With `weights` w (N, …), it is the weighted mean Σ w·l / Σ w, or 0 if all weights are 0.
    public func crossEntropy(_ target: Tensor, weights: Tensor? = nil) throws(TorchError) -> Tensor {
        try make("cross-entropy of \(shape) with target \(target.shape)") {
            ct_cross_entropy(handle, target.handle, weights?.handle, $0)
        }
    }

    /// Returns the mean over voxels, weighted if `weights` are given, of the binary cross-entropy of sigmoid(logits).
    /// The target and the weights have the logits' shape.
    public func binaryCrossEntropy(_ target: Tensor, weights: Tensor? = nil) throws(TorchError) -> Tensor {
        try make("binary cross-entropy of \(shape) with target \(target.shape)") {
            ct_binary_cross_entropy(handle, target.handle, weights?.handle, $0)
        }
    }
}
