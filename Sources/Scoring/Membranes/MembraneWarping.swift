import Imaging

/// The differences that remain when the truth is warped toward a proposal as far as its topology allows.
///
/// Jain et al., "Boundary learning by optimization with topological constraints", CVPR 2010,
/// doi:10.1109/CVPR.2010.5539950, in the form that the ISBI-2012 challenge used (and has since abandoned): pixels of
/// the truth that differ from the proposal are flipped if they are simple points, those where the proposal is surest
/// first (largest distance between probability and threshold; among equals, column by column), repeatedly until nothing
/// changes. As in the challenge, no geometric constraint limits the distance. Every pixel that then still differs is
/// classified by its eight neighbors; only splits and mergers count.
package struct MembraneWarping: Sendable, Equatable {
    /// Pixels that are cell in the warped truth, but membrane in the proposal, and split a cell.
    package private(set) var splits = 0
    /// Pixels that are membrane in the warped truth, but cell in the proposal, between different cells.
    package private(set) var mergers = 0
    /// Cells reduced to a last pixel that is membrane in the proposal. The challenge does not count them, so that a
    /// proposal with hardly any cells has hardly any error.
    package private(set) var deletions = 0

    /// Warps `truth` (cell or not, x fastest) toward the pixels of `probabilities` (of cell) above `threshold`.
    package init(truth: [Bool], probabilities: [Float], threshold: Float, size: Extent) {
        let frame = Frame(size)
        var warped = frame.cells { truth[$0] }
        var remaining = Self.surest(truth, probabilities, threshold, size, frame)
        var count = -1
        while count != remaining.count {
            count = remaining.count
            warped.withUnsafeMutableBufferPointer { warped in
                remaining.removeAll { place in
                    let isSimple = SimplePoints.table[frame.pattern(warped, around: place)]
                    if isSimple { warped[place] ^= 1 }
                    return isSimple
                }
            }
        }
        guard !remaining.isEmpty else { return }
        let pieces = ConnectedComponents(
            of: frame.places.map { warped[$0] == 1 }, extent: size, connectivity: .faces)
        var ids = [Int32](repeating: 0, count: frame.count)
        for (place, id) in zip(frame.places, pieces.ids) { ids[place] = id }
        var search = PieceSearch(frame)
        for place in remaining { classify(place, warped, ids, frame, &search) }
    }

    /// Returns the places of pixels that differ from the proposal, the surest first.
    private static func surest(
        _ truth: [Bool], _ probabilities: [Float], _ threshold: Float, _ size: Extent, _ frame: Frame
    ) -> [Int] {
        var keys: [UInt64] = []
        for x in 0..<size.width {
            for y in 0..<size.height {
                let value = probabilities[y * size.width + x]
                guard (value > threshold) != truth[y * size.width + x] else { continue }
                // The bits of a positive Float sort like the Float; inverted, the largest come first.
                let order = UInt64(~abs(value - threshold).bitPattern)
                keys.append(order << 32 | UInt64(x * size.height + y))
            }
        }
        keys.sort()
        return keys.map { key in
            let (x, y) = Int(key & 0xFFFF_FFFF).quotientAndRemainder(dividingBy: size.height)
            return frame.place(x, y)
        }
    }

    private mutating func classify(
        _ place: Int, _ warped: [UInt8], _ ids: [Int32], _ frame: Frame, _ search: inout PieceSearch
    ) {
        var (cell, isSeveral, hasMembrane): (Int32, Bool, Bool) = (0, false, false)
        for offset in frame.ring {
            let id = ids[place + offset]
            hasMembrane = hasMembrane || id == 0
            isSeveral = isSeveral || (id != 0 && cell != 0 && id != cell)
            if id != 0 { cell = id }
        }
        if warped[place] == 0 {
            if isSeveral { mergers += 1 }
        } else if isSeveral || (hasMembrane && cell != 0 && search.isParted(warped, at: place)) {
            splits += 1
        } else if cell == 0 {
            deletions += 1
        }
    }
}
