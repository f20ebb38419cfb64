import Imaging

extension Evaluation {
    /// Dice and IoU, 0 to 1; nil if there was nothing to compare.
    public struct Overlap: Sendable, Hashable {
        /// Dice coefficient.
        public var dice: Double?
        /// Intersection over union.
        public var iou: Double?
    }

    /// Means over cases, per structure and of all structures.
    public struct Mean: Sendable, Equatable {
        /// The mean of every structure, by its name.
        public let structures: [String: StructureMean]
        /// The arithmetic mean over structures of their means; not the Dice of their union.
        public let foreground: Overlap

        init(structures: [String: StructureMean], foreground: Overlap) {
            self.structures = structures
            self.foreground = foreground
        }

        init(of cases: [Case], structures: [Structure]) {
            let means = structures.map { structure in
                StructureMean(of: cases.filter(\.hasReference).compactMap { $0.scores[structure.name] })
            }
            self.structures = Dictionary(
                zip(structures.map(\.name), means), uniquingKeysWith: { first, _ in first })
            foreground = Overlap(
                dice: Statistic(of: means.compactMap { $0.dice?.mean })?.mean,
                iou: Statistic(of: means.compactMap { $0.iou?.mean })?.mean)
        }
    }

    /// One structure over many cases. Numbers that are missing from a case (`null`) are left out here, so distances say
    /// little without `missed` and `spurious` next to them.
    public struct StructureMean: Sendable, Equatable {
        /// Dice over the cases where the structure is in the prediction, the reference or both.
        public var dice: Statistic?
        /// Intersection over union, over the same cases.
        public var iou: Statistic?
        /// Hausdorff distance in mm over the cases where the structure is in both.
        public var hausdorff: Statistic?
        /// 95th percentile of the surface distances in mm, over the same cases.
        public var hd95: Statistic?
        /// Average symmetric surface distance in mm, over the same cases.
        public var assd: Statistic?
        /// Predicted volume in ml over all cases with a reference.
        public var volume: Statistic?
        /// Reference volume in ml over the same cases.
        public var referenceVolume: Statistic?
        /// The number of cases with each outcome.
        public var counts: [StructureScore.Outcome: Int]

        init(of scores: [StructureScore]) {
            dice = Statistic(of: scores.compactMap(\.dice))
            iou = Statistic(of: scores.compactMap(\.iou))
            hausdorff = Statistic(of: scores.compactMap(\.hausdorff))
            hd95 = Statistic(of: scores.compactMap(\.hd95))
            assd = Statistic(of: scores.compactMap(\.assd))
            volume = Statistic(of: scores.map(\.volume))
            referenceVolume = Statistic(of: scores.compactMap(\.referenceVolume))
            counts = Dictionary(grouping: scores, by: \.outcome).mapValues(\.count)
        }
    }
}

/// Mean and spread of some numbers.
public struct Statistic: Sendable, Hashable {
    /// Arithmetic mean.
    public let mean: Double
    /// Sample standard deviation (n − 1 in the denominator); nil for a single number.
    public let standardDeviation: Double?
    /// The number of values.
    public let count: Int

    /// Computes the mean and spread of `values`; nil if there are none.
    public init?(of values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        count = values.count
        if values.count > 1 {
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            standardDeviation = (squares / Double(values.count - 1)).squareRoot()
        } else {
            standardDeviation = nil
        }
    }
}
