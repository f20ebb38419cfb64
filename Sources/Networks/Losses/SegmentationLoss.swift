import Torch
import UNetDesign

@TensorActor
extension SegmentationLoss {
    /// Returns the loss of `logits` (N, C, (D,) H, W) against `target` (N, (D,) H, W), int64 labels. With one channel,
    /// the label 1 is the structure.
    ///
    /// - Throws: `TorchError.shapes` if the two do not fit each other.
    /// - Parameter weights: the weight of each voxel in the cross-entropy, (N, (D,) H, W) of the logits' type, for the
    ///   weighted mean Σ w·l / Σ w. The energy of the U-Net paper is Σ w·l; dividing by Σ w makes the step size
    ///   independent of the map (as PyTorch does with class weights). Dice ignores the weights.
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

    /// Returns the deep-supervision loss of `outputs`, the finest first: the sum of their losses with weights 1, 1/2,
    /// 1/4, …, normalized to a sum of 1 (Isensee et al. 2021, doi:10.1038/s41592-020-01008-z). A coarser output is
    /// compared with every second, fourth, … voxel of `target` and `weights` along the axes in which it is coarser.
    ///
    /// - Throws: `TorchError.shapes` if there is no output, or if the target's sizes are not multiples of an output's.
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

    /// Returns the factor by which an output of shape `logits` is coarser than a target of shape `target` along each
    /// axis.
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

/// Returns 1 minus the mean soft Dice over the structures, excluding the background.
///
/// For a structure with probabilities p and truth g, soft Dice is (2 Σ p·g + s) / (Σ p + Σ g + s), with sums over the
/// voxels *of the whole batch*, so that a slice without the structure does not dominate the loss (Drozdzal et al. 2016
/// for the form without squares; "batch Dice" of nnU-Net, Isensee et al. 2021). s = 1 makes the loss of an empty
/// structure 0 if nothing is predicted.
///
/// - Parameters:
///   - logits: (N, C, (D,) H, W), for a softmax over C, or a sigmoid if C is 1.
///   - target: (N, (D,) H, W), int64; if C is 1, the label 1 is the structure.
///   - smoothing: s.
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
