import Imaging

/// The scores of one structure of one case. Distances are in mm, volumes in ml.
public struct StructureScore: Sendable, Hashable {
    /// The presence of the structure in the prediction and the reference.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// In both, so all numbers exist.
        case scored
        /// In neither: nothing to score, left out of means and counted.
        case absent
        /// In the reference only: Dice 0 and no distances, counted.
        case missed
        /// In the prediction only: Dice 0 and no distances, counted.
        case spurious
        /// The case has no reference; only the predicted volume exists.
        case unreferenced = "no reference"
    }

    /// Dice coefficient, 0 to 1; nil if the structure is in neither or there is no reference.
    public var dice: Double?
    /// Intersection over union, 0 to 1; nil if `dice` is.
    public var iou: Double?
    /// Hausdorff distance; nil unless the structure is in both.
    public var hausdorff: Double?
    /// 95th percentile of the surface distances of both directions together.
    public var hd95: Double?
    /// Mean of the surface distances of both directions together.
    public var assd: Double?
    /// Predicted volume.
    public var volume: Double
    /// Volume in the reference; nil if there is none.
    public var referenceVolume: Double?

    /// Creates the score of a case without a reference.
    public init(volume: Double) { self.volume = volume }

    /// Scores `label` in two maps on one grid, with their voxels counted in `counts`.
    init(label: UInt8, counts: ConfusionCounts, prediction: LabelMap, reference: LabelMap) {
        let voxel = reference.geometry.voxelVolume / 1000
        let distances = SurfaceDistances(of: label, prediction: prediction, reference: reference)
        dice = counts.dice
        iou = counts.iou
        hausdorff = distances?.hausdorff
        hd95 = distances?.hd95
        assd = distances?.assd
        volume = Double(counts.predicted) * voxel
        referenceVolume = Double(counts.reference) * voxel
    }

    /// The presence of the structure in the prediction and the reference.
    public var outcome: Outcome {
        guard let referenceVolume else { return .unreferenced }
        switch (volume > 0, referenceVolume > 0) {
        case (true, true): return .scored
        case (false, false): return .absent
        case (false, true): return .missed
        case (true, false): return .spurious
        }
    }
}

extension StructureScore: Codable {
    private enum Keys: String, CodingKey {
        case dice, iou
        case hausdorff = "hausdorff_mm"
        case hd95 = "hd95_mm"
        case assd = "assd_mm"
        case volume = "volume_ml"
        case referenceVolume = "reference_volume_ml"
    }

    /// Writes every number, with `null` for missing ones.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(dice?.forJSON, forKey: .dice)
        try container.encode(iou?.forJSON, forKey: .iou)
        try container.encode(hausdorff?.forJSON, forKey: .hausdorff)
        try container.encode(hd95?.forJSON, forKey: .hd95)
        try container.encode(assd?.forJSON, forKey: .assd)
        try container.encode(volume.forJSON, forKey: .volume)
        try container.encode(referenceVolume?.forJSON, forKey: .referenceVolume)
    }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        dice = try container.decodeIfPresent(Double.self, forKey: .dice)
        iou = try container.decodeIfPresent(Double.self, forKey: .iou)
        hausdorff = try container.decodeIfPresent(Double.self, forKey: .hausdorff)
        hd95 = try container.decodeIfPresent(Double.self, forKey: .hd95)
        assd = try container.decodeIfPresent(Double.self, forKey: .assd)
        volume = try container.decode(Double.self, forKey: .volume)
        referenceVolume = try container.decodeIfPresent(Double.self, forKey: .referenceVolume)
    }
}

/// The agreement of the voxels of one structure between a prediction and a reference.
public struct ConfusionCounts: Sendable, Hashable {
    /// Voxels in both.
    public var truePositives: Int
    /// Voxels in the prediction only.
    public var falsePositives: Int
    /// Voxels in the reference only.
    public var falseNegatives: Int

    /// Creates counts from their values.
    public init(truePositives: Int, falsePositives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.falseNegatives = falseNegatives
    }

    /// Voxels of the prediction.
    public var predicted: Int { truePositives + falsePositives }
    /// Voxels of the reference.
    public var reference: Int { truePositives + falseNegatives }

    /// Dice coefficient, 2 · both / (prediction + reference), 0 to 1; nil if the structure is in neither.
    public var dice: Double? {
        predicted + reference == 0 ? nil : 2 * Double(truePositives) / Double(predicted + reference)
    }

    /// Intersection over union (Jaccard index), 0 to 1; nil if the structure is in neither.
    public var iou: Double? {
        let union = truePositives + falsePositives + falseNegatives
        return union == 0 ? nil : Double(truePositives) / Double(union)
    }

    /// Returns the counts of all 256 labels in one pass; `[label]` of the result is that label's.
    ///
    /// Both maps must have the same number of voxels.
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
