import Imaging

/// How the voxels of one structure agree between a prediction and a reference.
public struct ConfusionCounts: Sendable, Hashable {
    /// Voxels in both.
    public var truePositives: Int
    /// Voxels in the prediction only.
    public var falsePositives: Int
    /// Voxels in the reference only.
    public var falseNegatives: Int

    /// Counts as they are.
    public init(truePositives: Int, falsePositives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.falseNegatives = falseNegatives
    }

    /// Voxels of the prediction.
    public var predicted: Int { truePositives + falsePositives }
    /// Voxels of the reference.
    public var reference: Int { truePositives + falseNegatives }

    /// Dice coefficient, 2 · both / (prediction + reference), 0 to 1; nil where the structure is in neither.
    public var dice: Double? {
        predicted + reference == 0 ? nil : 2 * Double(truePositives) / Double(predicted + reference)
    }

    /// Intersection over union (Jaccard index), 0 to 1; nil where the structure is in neither.
    public var iou: Double? {
        let union = truePositives + falsePositives + falseNegatives
        return union == 0 ? nil : Double(truePositives) / Double(union)
    }

    /// The counts of all 256 labels in one pass; `[label]` of the result is that label's.
    ///
    /// Both maps have the same number of voxels.
    public static func ofEveryLabel(prediction: [UInt8], reference: [UInt8]) -> [ConfusionCounts] {
        precondition(prediction.count == reference.count, "maps of the same size")
        var predicted = [Int](repeating: 0, count: 256)
        var truth = predicted
        var both = predicted
        for index in prediction.indices {
            let (one, other) = (Int(prediction[index]), Int(reference[index]))
            predicted[one] += 1
            truth[other] += 1
            if one == other { both[one] += 1 }
        }
        return (0..<256).map {
            ConfusionCounts(
                truePositives: both[$0], falsePositives: predicted[$0] - both[$0],
                falseNegatives: truth[$0] - both[$0])
        }
    }
}
