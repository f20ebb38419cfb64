/// The cell that each pixel of an image belongs to.
public struct CellMap: Sendable, Equatable {
    /// Size of the image; depth 1.
    public let size: Extent
    /// The cell of every pixel, x fastest: 0 between cells, and a number of its own for each cell. Numbers need not be
    /// consecutive.
    public let ids: [Int32]

    /// Creates cells that do not touch: the 4-connected pieces of `mask` (`size.count` pixels, x fastest), numbered
    /// from 1 in the order of their first pixels.
    public init(piecesOf mask: [Bool], size: Extent) {
        precondition(size.depth == 1, "slices have depth 1")
        self.size = size
        ids = ConnectedComponents(of: mask, extent: size, connectivity: .faces).ids
    }

    /// Creates cells from an instance image (`size.count` pixels, x fastest) with 0 between them. Cells can touch, and
    /// a cell can have several pieces.
    public init(instances: [UInt16], size: Extent) {
        precondition(size.depth == 1, "slices have depth 1")
        precondition(instances.count == size.count, "as many pixels as the image's size says")
        self.size = size
        ids = instances.map { Int32($0) }
    }
}

/// The squared distances of every pixel to the nearest cell and to the nearest other cell: exact, Euclidean, in pixels,
/// from center to center.
///
/// Two passes, like a separable distance transform, but keeping two different cells throughout. Within a column, a
/// sweep down and a sweep up find the two nearest cells. A row then takes the best of its columns: the two nearest
/// cells of a pixel are among the two nearest in some column, since a cell that is third in a column has two nearer
/// ones there. Columns are tried outward from the pixel until they are farther away than the cells found, or than
/// `reach`. O(pixels · distance to the second cell).
struct TwoNearestCells {
    /// A cell and its squared distance; 0 and the largest distance for no cell.
    struct Candidate {
        var cell: Int32 = 0
        var squared: Int32 = .max
    }

    /// The nearest cell and the nearest other one.
    struct Pair {
        var first = Candidate()
        var second = Candidate()

        /// Keeps `cell` if it is one of the two nearest so far.
        mutating func insert(_ cell: Int32, _ squared: Int32) {
            if cell == first.cell {
                if squared < first.squared { first.squared = squared }
            } else if squared < first.squared {
                // The former second, even if it is the same cell, is farther than the former first.
                second = first
                first = Candidate(cell: cell, squared: squared)
            } else if squared < second.squared {
                second = Candidate(cell: cell, squared: squared)
            }
        }

        /// Merges the nearest cells of another column, `away` (squared) from here.
        mutating func insert(_ other: Pair, _ away: Int32) {
            if other.first.cell != 0 { insert(other.first.cell, other.first.squared &+ away) }
            if other.second.cell != 0 { insert(other.second.cell, other.second.squared &+ away) }
        }
    }

    /// Calls `body` with the index of every pixel between cells and its two nearest cells within `reach` pixels (at
    /// most 20,000).
    static func forEachGap(in map: CellMap, reach: Int, _ body: (_ index: Int, _ pair: Pair) -> Void) {
        precondition(reach >= 0 && reach <= 20_000, "squared distances fit 32 bits")
        let (width, height) = (map.size.width, map.size.height)
        // The nearest cells along each column only.
        var columns = [Pair](repeating: Pair(), count: map.size.count)
        map.ids.withUnsafeBufferPointer { ids in
            columns.withUnsafeMutableBufferPointer { columns in
                sweep(ids, columns, width: width, rows: Array(0..<height), reach: reach)
                sweep(ids, columns, width: width, rows: (0..<height).reversed(), reach: reach)
                for row in 0..<height {
                    for column in 0..<width where ids[row * width + column] == 0 {
                        body(row * width + column, nearest(columns, row * width, column, width, reach))
                    }
                }
            }
        }
    }

    /// Walks through `rows` in order and gives every pixel the last cell and the last other cell passed in its column.
    private static func sweep(
        _ ids: UnsafeBufferPointer<Int32>, _ columns: UnsafeMutableBufferPointer<Pair>, width: Int,
        rows: [Int], reach: Int
    ) {
        struct Seen {
            var cell: Int32 = 0
            var row = 0
            var otherCell: Int32 = 0
            var otherRow = 0
        }
        var seen = [Seen](repeating: Seen(), count: width)
        for row in rows {
            for column in 0..<width {
                let id = ids[row * width + column]
                if id != 0 {
                    if id != seen[column].cell {
                        seen[column].otherCell = seen[column].cell
                        seen[column].otherRow = seen[column].row
                        seen[column].cell = id
                    }
                    seen[column].row = row
                }
                let last = seen[column]
                if last.cell != 0 && abs(row - last.row) <= reach {
                    columns[row * width + column].insert(last.cell, square(row - last.row))
                }
                if last.otherCell != 0 && abs(row - last.otherRow) <= reach {
                    columns[row * width + column].insert(last.otherCell, square(row - last.otherRow))
                }
            }
        }
    }

    private static func nearest(
        _ columns: UnsafeMutableBufferPointer<Pair>, _ line: Int, _ column: Int, _ width: Int, _ reach: Int
    ) -> Pair {
        var pair = columns[line + column]
        for offset in 1..<max(1, min(reach + 1, width)) {
            let away = square(offset)
            guard away < pair.second.squared else { break }
            if column >= offset { pair.insert(columns[line + column - offset], away) }
            if column + offset < width { pair.insert(columns[line + column + offset], away) }
        }
        return pair
    }

    private static func square(_ value: Int) -> Int32 { Int32(value * value) }
}
