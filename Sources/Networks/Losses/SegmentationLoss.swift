import Torch
import UNetDesign

@TensorActor
extension SegmentationLoss {
    /// The loss of `logits` (N, C, (D,) H, W) against `target` (N, (D,) H, W), int64 labels; with one channel the label
    /// 1 is the structure.
    ///
    /// - Throws: `TorchError.shapes` where the two do not fit each other.
    /// - Parameter weights: what each voxel counts in the cross-entropy, (N, (D,) H, W) of the logits' type: the
    ///   weighted mean Σ w·l / Σ w. The energy of the U-Net paper is Σ w·l; divided by Σ w the step size means the same
    ///   with any map (PyTorch does so with weights of classes). Dice leaves them out.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor, weights: Tensor? = nil) throws(TorchError)
        -> Tensor
    {
        _ = try steps(from: target.shape, to: logits.shape)
        return switch self {
        case .crossEntropy: try meanCrossEntropy(logits, target, weights)
        case .dice: try softDiceLoss(logits, target)
        case .both: try meanCrossEntropy(logits, target, weights) + softDiceLoss(logits, target)
        }
    }

    /// Deep supervision: the losses of `outputs`, the finest first, with weights 1, 1/2, 1/4 … that are scaled to a sum
    /// of 1 (Isensee et al. 2021, doi:10.1038/s41592-020-01008-z). A coarser output is held against every second,
    /// fourth … voxel of `target` and `weights` along the axes in which it is coarser.
    ///
    /// - Throws: `TorchError.shapes` where there is no output, or the target's sizes are no multiples of an output's.
    public func callAsFunction(outputs: [Tensor], _ target: Tensor, weights: Tensor? = nil) throws(TorchError)
        -> Tensor
    {
        guard !outputs.isEmpty else {
            throw .shapes(operation: "the loss", found: [], expected: "an output at least")
        }
        let total = outputs.indices.reduce(0) { $0 + share($1) }
        var parts: [Tensor] = []
        for (level, logits) in outputs.enumerated() {
            let steps = try steps(from: target.shape, to: logits.shape)
            let loss = try self(logits, target.sampled(steps), weights: weights?.sampled(steps))
            parts.append(try outputs.count == 1 ? loss : loss * (share(level) / total))
        }
        var sum = parts[0]
        for part in parts.dropFirst() { sum = try sum + part }
        return sum
    }

    /// By how much an output of shape `logits` is coarser than a target of shape `target` along each axis.
    private func steps(from target: [Int], to logits: [Int]) throws(TorchError) -> [Int] {
        let sides = zip(target.dropFirst(), logits.dropFirst(2))
        guard target.count >= 3, logits.count == target.count + 1,
            sides.allSatisfy({ $1 > 0 && $0 % $1 == 0 })
        else {
            throw .shapes(
                operation: "the loss", found: [logits, target],
                expected: "logits (N, C, (D,) H, W) and a target (N, (D,) H, W) of a multiple of their size")
        }
        return sides.map { $0 / $1 }
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

/// 1 minus the mean soft Dice over the structures, background left out.
///
/// For a structure with probabilities p and truth g, soft Dice is (2 Σ p·g + s) / (Σ p + Σ g + s), with sums over the
/// voxels *of the whole batch*, so that a slice without the structure does not swing the loss (Drozdzal et al. 2016
/// for the form without squares; "batch Dice" of nnU-Net, Isensee et al. 2021). s = 1 keeps empty structures at a
/// loss of 0 when nothing is predicted.
///
/// - `logits`: (N, C, (D,) H, W); softmax over C, or sigmoid where C is 1.
/// - `target`: (N, (D,) H, W), int64; where C is 1 the label 1 is the structure.
@TensorActor
public func softDiceLoss(_ logits: Tensor, _ target: Tensor, smoothing: Double = 1) throws(TorchError)
    -> Tensor
{
    let classes = logits.shape[1]
    let probabilities: Tensor
    let truth: Tensor
    if classes == 1 {
        probabilities = try logits.sigmoid()
        truth = try target.equals(1).to(logits.scalarType).reshaped(logits.shape)
    } else {
        probabilities = try logits.softmax(axis: 1).narrowed(axis: 1, 1..<classes)
        truth = try target.oneHot(classes: classes).narrowed(axis: 1, 1..<classes)
    }
    let voxels = [0] + Array(2..<logits.rank)
    let overlap = try (probabilities * truth).sum(voxels) * 2 + smoothing
    let total = try probabilities.sum(voxels) + truth.sum(voxels) + smoothing
    return try (-(overlap / total)).mean() + 1
}
