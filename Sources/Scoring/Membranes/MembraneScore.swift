import Imaging

/// The scores of the ISBI-2012 challenge for one image of cells and membranes, at every threshold.
///
/// A pixel is cell if its probability of cell is above the threshold. Cells are 4-connected. V^Rand and V^Info have
/// been the challenge's scores since 2015; it used the three errors before and calls them deprecated.
public struct MembraneScore: Sendable, Equatable {
    /// The scores at one threshold.
    public struct AtThreshold: Sendable, Equatable {
        /// The threshold, 0 to 1.
        public let threshold: Double
        /// V^Rand after border thinning, foreground-restricted; 1 is perfect.
        public let rand: PartitionAgreement
        /// V^Info after border thinning, foreground-restricted; 1 is perfect.
        public let information: PartitionAgreement
        /// 1 − F-score of the foreground-restricted Rand index, without thinning; 0 is perfect.
        public let randError: Double
        /// 1 − F-score of the cell pixels; 0 is perfect.
        public let pixelError: Double
        /// Pixels that split cells and cannot be warped away.
        public let splits: Int
        /// Pixels that merge cells and cannot be warped away.
        public let mergers: Int
        /// True cells that are not found at all. The warping error does not count them.
        public let deletions: Int
        /// Whether any pixel is cell. Without one, no cells are split or merged, and the warping error is meaningless.
        public let hasCells: Bool
    }

    /// The challenge's thresholds: 0 to 1 in steps of 0.1.
    public static let thresholds = (0...10).map { Double($0) / 10 }

    /// Name of the image.
    public let name: String
    /// Pixels of the image.
    public let pixels: Int
    /// The scores at each of `thresholds`, in that order.
    public let scores: [AtThreshold]

    /// Scores the probabilities of an image.
    ///
    /// - Parameters:
    ///   - name: the image's name.
    ///   - probabilities: of cell (not membrane), 0 to 1, x fastest.
    ///   - truth: 0 is membrane, everything else cell, x fastest.
    ///   - size: columns and rows; depth 1.
    /// - Throws: `MembraneError` for an array of another size, a truth without cells, or a value that is not a
    ///   probability.
    public init(name: String, probabilities: [Float], truth: [UInt8], size: Extent) throws(MembraneError) {
        precondition(size.depth == 1, "membranes are scored slice by slice")
        for found in [probabilities.count, truth.count] where found != size.count {
            throw .differentSize(name: name, expected: size.count, found: found)
        }
        if let value = probabilities.first(where: { !($0 >= 0 && $0 <= 1) }) {
            throw .notProbability(name: name, value: value)
        }
        let cells = truth.map { $0 != 0 }
        let components = ConnectedComponents(of: cells, extent: size, connectivity: .faces)
        guard !components.sizes.isEmpty else { throw .noCells(name: name) }
        let trueCells = TrueCells(components)
        self.name = name
        pixels = size.count
        scores = Self.thresholds.map { threshold in
            Self.score(probabilities, Float(threshold), cells, trueCells, size, threshold)
        }
    }

    init(name: String, pixels: Int, scores: [AtThreshold]) {
        self.name = name
        self.pixels = pixels
        self.scores = scores
    }

    private static func score(
        _ probabilities: [Float], _ limit: Float, _ cells: [Bool], _ trueCells: TrueCells, _ size: Extent,
        _ threshold: Double
    ) -> AtThreshold {
        let found = probabilities.map { $0 > limit }
        let components = ConnectedComponents(of: found, extent: size, connectivity: .faces)
        let thinned = SegmentOverlap(
            truth: trueCells, found: BorderThinning.thin(components), cells: max(1, components.sizes.count))
        let plain = SegmentOverlap(truth: trueCells, found: components.ids, cells: components.sizes.count)
        let warping = MembraneWarping(
            truth: cells, probabilities: probabilities, threshold: limit, size: size)
        var (both, sum) = (0, 0)
        for (one, other) in zip(found, cells) {
            both += one && other ? 1 : 0
            sum += (one ? 1 : 0) + (other ? 1 : 0)
        }
        return AtThreshold(
            threshold: threshold, rand: thinned.rand, information: thinned.information,
            randError: plain.randError, pixelError: 1 - 2 * Double(both) / Double(sum),
            splits: warping.splits, mergers: warping.mergers, deletions: warping.deletions,
            hasCells: !components.sizes.isEmpty)
    }

    /// Returns splits and mergers per pixel of the image at the threshold with this index; 0 is perfect.
    public func warpingError(at index: Int) -> Double {
        Double(scores[index].splits + scores[index].mergers) / Double(pixels)
    }
}
