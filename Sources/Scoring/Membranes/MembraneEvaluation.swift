import Foundation

/// The scores of several slices and their summary.
///
/// As in the challenge, a score is averaged over the slices at each threshold, and the best of these means is the
/// result: one threshold for the whole stack, with a separate one for each score. Of equally good thresholds, the
/// lowest is used. For the warping error, thresholds at which some slice has no cell pixel at all are left out, because
/// without cells nothing is split or merged; it still favors high thresholds, one of the reasons why it was abandoned.
public struct MembraneEvaluation: Sendable, Equatable {
    /// One of the scores.
    public enum Measure: String, Sendable, Hashable, CaseIterable {
        /// V^Rand after thinning.
        case rand = "v_rand"
        /// V^Info after thinning.
        case information = "v_info"
        /// Foreground-restricted Rand error, deprecated.
        case randError = "rand_error"
        /// Pixel error, deprecated.
        case pixelError = "pixel_error"
        /// Warping error, deprecated.
        case warpingError = "warping_error"

        /// Whether larger is better.
        public var isScore: Bool { self == .rand || self == .information }
    }

    /// The best mean over the slices, and its threshold.
    public struct Best: Sendable, Equatable {
        /// Index of the threshold.
        public let index: Int
        /// Mean over the slices.
        public let mean: Double
        /// Mean of the split and merge parts, for V^Rand and V^Info.
        public let parts: PartitionAgreement?

        /// The threshold, 0 to 1.
        public var threshold: Double { MembraneScore.thresholds[index] }
    }

    /// The slices, in the order given.
    public let slices: [MembraneScore]
    /// The results; without the warping error if no threshold is left for it.
    public let best: [Measure: Best]

    /// Summarizes `slices`, at least one.
    public init(slices: [MembraneScore]) {
        precondition(!slices.isEmpty, "at least one slice")
        self.slices = slices
        var best: [Measure: Best] = [:]
        for measure in Measure.allCases {
            for index in MembraneScore.thresholds.indices {
                if measure == .warpingError && slices.contains(where: { !$0.scores[index].hasCells }) {
                    continue
                }
                let mean = Self.mean(slices) { $0.value(of: measure, at: index) }
                if let former = best[measure],
                    measure.isScore ? mean <= former.mean : mean >= former.mean
                {
                    continue
                }
                best[measure] = Best(
                    index: index, mean: mean, parts: Self.parts(slices, of: measure, at: index))
            }
        }
        self.best = best
    }

    private static func parts(_ slices: [MembraneScore], of measure: Measure, at index: Int)
        -> PartitionAgreement?
    {
        let agreements = slices.compactMap { $0.agreement(of: measure, at: index) }
        guard !agreements.isEmpty else { return nil }
        return PartitionAgreement(split: mean(agreements, \.split), merge: mean(agreements, \.merge))
    }

    private static func mean<Item>(_ items: [Item], _ value: (Item) -> Double) -> Double {
        items.reduce(0) { $0 + value($1) } / Double(items.count)
    }
}

extension MembraneScore {
    /// Returns one of the scores at the threshold with this index.
    public func value(of measure: MembraneEvaluation.Measure, at index: Int) -> Double {
        switch measure {
        case .rand: scores[index].rand.value
        case .information: scores[index].information.value
        case .randError: scores[index].randError
        case .pixelError: scores[index].pixelError
        case .warpingError: warpingError(at: index)
        }
    }

    /// Returns the parts of a score at the threshold with this index; nil for errors, which have none.
    public func agreement(of measure: MembraneEvaluation.Measure, at index: Int) -> PartitionAgreement? {
        switch measure {
        case .rand: scores[index].rand
        case .information: scores[index].information
        case .randError, .pixelError, .warpingError: nil
        }
    }
}

/// An image of cells and membranes that cannot be scored.
public enum MembraneError: Error, Sendable, Equatable {
    /// The image `name` has a number of probabilities or true pixels that does not match its size.
    case differentSize(name: String, expected: Int, found: Int)
    /// The truth of `name` has no cell pixel.
    case noCells(name: String)
    /// A probability of `name` is not between 0 and 1.
    case notProbability(name: String, value: Float)
}

extension MembraneError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the image and says what to do.
    public var description: String {
        switch self {
        case .differentSize(let name, let expected, let found):
            return "\(name): there are \(found) pixels, but \(expected) are expected; "
                + "score predictions at the size of their image."
        case .noCells(let name):
            return "\(name): the ground truth has no cells, so nothing can be split or merged; "
                + "check that its cells are not labeled 0, or leave the image out."
        case .notProbability(let name, let value):
            return "\(name): \(value) is not a probability; use probabilities of the cell class, from 0 to 1."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
