import Foundation
import Imaging

/// The overlap of true cells T and found cells S in the pixels that are truly cell (foreground restriction); a pixel
/// there that is in no found cell is a found cell of its own.
///
/// Arganda-Carreras et al., "Crowdsourcing the creation of image segmentation algorithms for connectomics", Frontiers
/// in Neuroanatomy 9 (2015), doi:10.3389/fnana.2015.00142, with its notation: p_ij, s_i and t_j.
struct SegmentOverlap {
    /// Sums over all pairs of cells, over found cells and over true cells.
    private struct Sums {
        var both = 0.0
        var found = 0.0
        var truth = 0.0
    }

    /// Pixels counted.
    private let count: Int
    private var squares = Sums()
    private var entropies = Sums()
    private var isOneTrueCell = false
    private var isOneFoundCell = false

    /// Compares `truth` with the found cell of every pixel, 0 for none; `cells` is the largest number.
    init(truth: TrueCells, found ids: [Int32], cells: Int) {
        count = truth.pixels.count
        var here = [Int](repeating: 0, count: cells + 1)
        var everywhere = [Int](repeating: 0, count: cells + 1)
        var touched: [Int] = []
        for (start, end) in zip(truth.starts, truth.starts.dropFirst()) {
            for place in start..<end {
                let id = Int(ids[Int(truth.pixels[place])])
                if here[id] == 0 { touched.append(id) }
                here[id] += 1
            }
            add(end - start, to: \.truth)
            for id in touched {
                everywhere[id] += here[id]
                if id != 0 { add(here[id], to: \.both) }
                here[id] = 0
            }
            touched.removeAll(keepingCapacity: true)
        }
        for size in everywhere.dropFirst() where size > 0 { add(size, to: \.found) }
        // Cells of one pixel: their squares are 1 and their share of the entropy's sum is 1 · log 1 = 0.
        squares.both += Double(everywhere[0])
        squares.found += Double(everywhere[0])
        isOneTrueCell = truth.starts.count == 2
        isOneFoundCell = everywhere.dropFirst().contains(count) || (count == 1 && everywhere[0] == 1)
    }

    private mutating func add(_ size: Int, to sum: WritableKeyPath<Sums, Double>) {
        squares[keyPath: sum] += Double(size * size)
        entropies[keyPath: sum] += Double(size) * log(Double(size))
    }

    /// V^Rand: split is Σ p_ij² / Σ t_j², merge is Σ p_ij² / Σ s_i².
    var rand: PartitionAgreement {
        PartitionAgreement(split: squares.both / squares.truth, merge: squares.both / squares.found)
    }

    /// V^Info: split is I(S;T) / H(S), merge is I(S;T) / H(T).
    ///
    /// If the truth is all one cell, nothing can be merged (merge is 1, split is 0 unless nothing is split), and if all
    /// is found to be one cell, nothing is split.
    var information: PartitionAgreement {
        if isOneTrueCell || isOneFoundCell {
            return PartitionAgreement(split: isOneFoundCell ? 1 : 0, merge: isOneTrueCell ? 1 : 0)
        }
        let whole = log(Double(count))
        let truth = whole - entropies.truth / Double(count)
        let found = whole - entropies.found / Double(count)
        let joint = whole - entropies.both / Double(count)
        let mutual = max(0, truth + found - joint)
        return PartitionAgreement(split: min(1, mutual / found), merge: min(1, mutual / truth))
    }

    /// 1 − F-score of pairs of different pixels that are in one cell; scikit-image's `adapted_rand_error`, with a
    /// label of its own for every pixel that is in no found cell.
    var randError: Double {
        let pixels = Double(count)
        let sizes = squares.truth + squares.found - 2 * pixels
        // Without a pair in any true or found cell, both agree.
        return sizes > 0 ? 1 - 2 * (squares.both - pixels) / sizes : 0
    }
}

/// True cells with their pixels side by side, for counting the cells that cover them.
struct TrueCells {
    /// Indices of the pixels that are in a cell, cell by cell.
    let pixels: [Int32]
    /// The start of each cell in `pixels`, followed by the number of all pixels.
    let starts: [Int]

    init(_ components: ConnectedComponents) {
        var starts = [0]
        for size in components.sizes { starts.append(starts.last! + size) }
        var next = starts
        var pixels = [Int32](repeating: 0, count: starts.last!)
        for (index, id) in components.ids.enumerated() where id != 0 {
            pixels[next[Int(id) - 1]] = Int32(index)
            next[Int(id) - 1] += 1
        }
        self.pixels = pixels
        self.starts = starts
    }
}

/// The agreement of found cells with the true ones, as one number and as its two parts.
public struct PartitionAgreement: Sendable, Hashable {
    /// 1 if no true cell was split: recall.
    public let split: Double
    /// 1 if no true cells were merged: precision.
    public let merge: Double

    /// Creates an agreement from these parts, both 0 to 1.
    public init(split: Double, merge: Double) {
        self.split = split
        self.merge = merge
    }

    /// Both parts in one, 0 to 1: their harmonic mean, or F-score. 0 if both parts are.
    public var value: Double { split + merge > 0 ? 2 * split * merge / (split + merge) : 0 }
}
