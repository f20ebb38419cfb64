import Torch

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
