import Imaging

/// A rectangle of a slice, in pixels of the scan.
public struct SliceRegion: Sendable, Equatable {
    /// First column.
    public var x: Int
    /// First row.
    public var y: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A rectangle whose top left pixel is (x, y).
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The whole slice.
    public init(of geometry: Geometry) {
        self.init(x: 0, y: 0, width: geometry.width, height: geometry.height)
    }

    /// The square in mm that holds every labeled pixel of `maps` in all slices with `margin` mm around it, cut off
    /// where the scan ends; the whole slice where nothing is labeled. All maps must lie on the same grid.
    public init(around maps: [LabelMap], margin: Double = 20, on geometry: Geometry) {
        var columns = (first: Int.max, last: -1), rows = columns
        for map in maps {
            precondition(map.geometry == geometry, "the label maps lie on the picture's grid")
            for (index, label) in map.labels.enumerated() where label != 0 {
                let column = index % geometry.width
                let row = index / geometry.width % geometry.height
                columns = (min(columns.first, column), max(columns.last, column))
                rows = (min(rows.first, row), max(rows.last, row))
            }
        }
        guard columns.last >= 0 else {
            self.init(of: geometry)
            return
        }
        let spacing = geometry.spacing
        let side =
            max(
                Double(columns.last - columns.first + 1) * spacing.x,
                Double(rows.last - rows.first + 1) * spacing.y)
            + 2 * margin
        let across = Self.span(columns, side: side / spacing.x, of: geometry.width)
        let down = Self.span(rows, side: side / spacing.y, of: geometry.height)
        self.init(x: across.lowerBound, y: down.lowerBound, width: across.count, height: down.count)
    }

    /// `side` pixels around the middle of `bounds`, moved into the scan where it is wide enough.
    private static func span(_ bounds: (first: Int, last: Int), side: Double, of extent: Int) -> Range<Int> {
        // Compared before it is converted: pixels that a header makes too small give more than any whole number.
        let count = side < Double(extent) ? Int(side.rounded(.up)) : extent
        let start = min(max((bounds.first + bounds.last + 1 - count) / 2, 0), extent - count)
        return start..<start + count
    }
}
