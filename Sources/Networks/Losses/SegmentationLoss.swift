import Torch
import UNetDesign

@TensorActor
extension SegmentationLoss {
    /// The loss of `logits` (N, C, (D,) H, W) against `target` (N, (D,) H, W), int64 labels; with one channel the label
    /// 1 is the structure.
    ///
    /// - Parameter weights: what each voxel counts in the cross-entropy, (N, (D,) H, W) of the logits' type: the
    ///   weighted mean Σ w·l / Σ w. The energy of the U-Net paper is Σ w·l; divided by Σ w the step size means the same
    ///   with any map (PyTorch does so with weights of classes). Dice leaves them out.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor, weights: Tensor? = nil) throws(TorchError)
        -> Tensor
    {
        switch self {
        case .crossEntropy: try meanCrossEntropy(logits, target, weights)
        case .dice: try softDiceLoss(logits, target)
        case .both: try meanCrossEntropy(logits, target, weights) + softDiceLoss(logits, target)
        }
    }

    /// Deep supervision: the losses of `outputs`, the finest first, with weights 1, 1/2, 1/4 … that are scaled to a sum
    /// of 1 (Isensee et al. 2021, doi:10.1038/s41592-020-01008-z). A coarser output is held against every second,
    /// fourth … voxel of `target` and `weights` along the axes in which it is coarser.
    ///
    /// - Precondition: each size of the target is a multiple of each output's.
    public func callAsFunction(outputs: [Tensor], _ target: Tensor, weights: Tensor? = nil) throws(TorchError)
        -> Tensor
    {
        precondition(!outputs.isEmpty, "an output at least")
        let total = outputs.indices.reduce(0) { $0 + share($1) }
        var parts: [Tensor] = []
        for (level, logits) in outputs.enumerated() {
            let steps = zip(target.shape.dropFirst(), logits.shape.dropFirst(2)).map { wide, side in
                precondition(wide % side == 0, "an output of \(logits.shape) for a target of \(target.shape)")
                return wide / side
            }
            let loss = try self(logits, target.sampled(steps), weights: weights?.sampled(steps))
            parts.append(try outputs.count == 1 ? loss : loss * (share(level) / total))
        }
        var sum = parts[0]
        for part in parts.dropFirst() { sum = try sum + part }
        return sum
    }

    private func share(_ level: Int) -> Double { 1 / Double(1 << level) }
}

@TensorActor
private func meanCrossEntropy(_ logits: Tensor, _ target: Tensor, _ weights: Tensor?) throws(TorchError)
    -> Tensor
{
    guard logits.shape[1] == 1 else { return try logits.crossEntropy(target, weights: weights) }
    return try logits.binaryCrossEntropy(
        target.equals(1).to(logits.scalarType).reshaped(logits.shape),
        weights: weights?.reshaped(logits.shape))
}
