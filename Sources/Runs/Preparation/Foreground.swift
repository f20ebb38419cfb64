import Imaging

/// Where the structures of a case lie: the box around them in each slice, and around all of them.
struct Foreground: Sendable {
    /// The box of each slice; nil where it has no structure.
    let slices: [Box?]
    /// The box of the whole volume, and its slices; nil where it has no structure.
    let volume: (box: Box, slices: Range<Int>)?

    /// A box of pixels.
    struct Box: Sendable, Equatable {
        /// Its columns.
        var columns: Range<Int>
        /// Its rows.
        var rows: Range<Int>

        /// The place of its middle, in pixels.
        var center: (x: Double, y: Double) {
            (
                Double(columns.lowerBound + columns.upperBound - 1) / 2,
                Double(rows.lowerBound + rows.upperBound - 1) / 2
            )
        }

        /// The smallest box around this one and `other`.
        func union(_ other: Box) -> Box {
            func span(_ one: Range<Int>, _ other: Range<Int>) -> Range<Int> {
                min(one.lowerBound, other.lowerBound)..<max(one.upperBound, other.upperBound)
            }
            return Box(columns: span(columns, other.columns), rows: span(rows, other.rows))
        }
    }

    /// Looks at every class of `classes`, on the grid `geometry`; empty where the case has no reference.
    init(of classes: [UInt8], on geometry: Geometry) {
        let boxes = (0..<geometry.depth).map { z -> Box? in
            guard !classes.isEmpty else { return nil }
            return Self.box(
                of: classes[z * geometry.sliceCount..<(z + 1) * geometry.sliceCount], geometry.width)
        }
        let labeled = boxes.indices.filter { boxes[$0] != nil }
        let whole = boxes.compactMap { $0 }.reduce(nil as Box?) { $0?.union($1) ?? $1 }
        volume = whole.map { ($0, (labeled.first ?? 0)..<(labeled.last ?? 0) + 1) }
        slices = boxes
    }

    private static func box(of slice: ArraySlice<UInt8>, _ width: Int) -> Box? {
        slice.withUnsafeBufferPointer { slice in
            var box: Box?
            for row in 0..<slice.count / width {
                let line = slice[row * width..<(row + 1) * width]
                guard let first = line.firstIndex(where: { $0 != 0 }),
                    let last = line.lastIndex(where: { $0 != 0 })
                else { continue }
                let found = Box(
                    columns: first - row * width..<last - row * width + 1, rows: row..<row + 1)
                box = box?.union(found) ?? found
            }
            return box
        }
    }

    /// The middle of what slice `z` has; of what the volume has where the slice, or nil, has nothing. Nil where there is
    /// nothing at all.
    func center(slice z: Int?) -> (x: Double, y: Double)? {
        (z.flatMap { slices[$0] } ?? volume?.box)?.center
    }
}
