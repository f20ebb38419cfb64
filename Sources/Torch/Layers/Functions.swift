import CTorch

/// Sets values to 0 with a probability while training and scales the rest up; passes everything on otherwise.
public final class Dropout: Module {
    /// Probability of a value to be dropped, 0 to 1.
    public let probability: Double

    /// Drop-out with `probability`.
    public init(_ probability: Double) { self.probability = probability }

    /// `x` with values dropped.
    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try make("drop-out of \(x.shape)") { ct_dropout(x.handle, probability, isTraining, $0) }
    }
}

extension Tensor {
    /// The largest value of each block of `kernel`, blocks side by side; 2D or 3D by the length of `kernel`.
    public func maxPooled(_ kernel: [Int]) throws(TorchError) -> Tensor {
        let size = wide(kernel)
        return try make("max-pool of \(shape)") { ct_max_pool(handle, size, Int32(size.count), $0) }
    }
}

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
