/// What training minimizes.
public enum SegmentationLoss: String, Sendable, Codable, CaseIterable {
    /// Cross-entropy, mean over voxels; binary for one output channel.
    case crossEntropy = "ce"
    /// Soft Dice loss: 1 minus the mean soft Dice over the structures.
    case dice
    /// The sum of both.
    case both = "ce+dice"
}
