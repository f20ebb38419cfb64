/// How well cells that were found agree with the true ones, as one number and as its two parts.
public struct PartitionAgreement: Sendable, Hashable {
    /// 1 where no true cell was split: recall.
    public let split: Double
    /// 1 where no true cells were merged: precision.
    public let merge: Double

    /// An agreement of these parts, both 0 to 1.
    public init(split: Double, merge: Double) {
        self.split = split
        self.merge = merge
    }

    /// Both parts in one, 0 to 1: their harmonic mean, or F-score. 0 where both parts are.
    public var value: Double { split + merge > 0 ? 2 * split * merge / (split + merge) : 0 }
}
