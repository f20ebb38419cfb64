import Torch

/// What training minimises.
public enum SegmentationLoss: String, Sendable, Codable, CaseIterable {
    /// Cross-entropy, mean over voxels; binary for one output channel.
    case crossEntropy = "ce"
    /// Soft Dice loss, see `softDiceLoss`.
    case dice
    /// The sum of both.
    case both = "ce+dice"

    /// The loss of `logits` (N, C, H, W) against `target` (N, H, W), int64 labels; with one channel the label 1 is
    /// the structure.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
        switch self {
        case .crossEntropy: try meanCrossEntropy(logits, target)
        case .dice: try softDiceLoss(logits, target)
        case .both: try meanCrossEntropy(logits, target) + softDiceLoss(logits, target)
        }
    }
}

private func meanCrossEntropy(_ logits: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
    guard logits.shape[1] == 1 else { return try logits.crossEntropy(target) }
    return try logits.binaryCrossEntropy(target.equals(1).to(logits.scalarType).reshaped(logits.shape))
}
