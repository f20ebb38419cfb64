import Imaging

/// A rectangle of a slice, in pixels of the scan.
public struct SliceRegion: Sendable, Equatable {
    /// The first column.
    public var x: Int
    /// The first row.
    public var y: Int
    /// The number of columns.
    public var width: Int
    /// The number of rows.
    public var height: Int

    /// Creates a rectangle whose top left pixel is (x, y).
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Creates a region of the whole slice.
    public init(of geometry: Geometry) {
        self.init(x: 0, y: 0, width: geometry.width, height: geometry.height)
    }

    /// Creates the square in mm that contains every labeled pixel of `maps` in all slices, with a margin of `margin`
    /// mm, clipped to the scan; the whole slice if nothing is labeled.
    ///
    /// - Throws: `PictureError.gridsDiffer` if a map lies on a different grid than `geometry`.
    public init(around maps: [LabelMap], margin: Double = 20, on geometry: Geometry) throws(PictureError) {
        var columns = (first: Int.max, last: -1), rows = columns
        for map in maps {
            guard map.geometry == geometry else {
                throw .gridsDiffer(expected: geometry, found: map.geometry)
            }
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

    /// Returns `side` pixels around the middle of `bounds`, shifted into the scan and at most as wide as it.
    private static func span(_ bounds: (first: Int, last: Int), side: Double, of extent: Int) -> Range<Int> {
        // Compared before conversion, since pixels that are too small because of a wrong header can exceed any integer.
        let count = side < Double(extent) ? Int(side.rounded(.up)) : extent
        let start = min(max((bounds.first + bounds.last + 1 - count) / 2, 0), extent - count)
        return start..<start + count
    }
}

/// The intensities shown as black and as white, with a linear scale between them.
public struct GrayWindow: Sendable, Equatable {
    /// The intensity shown as black.
    public var black: Float
    /// The intensity shown as white.
    public var white: Float

    /// Creates a window from `black` to `white`.
    public init(black: Float, white: Float) {
        self.black = black
        self.white = white
    }

    /// Creates a window between two percentiles (0 to 100) of the finite voxels of a slice, or of part of it. Voxels
    /// that are not finite are ignored; if all are equal, the window is empty.
    public init(
        of volume: Volume, slice: Int, region: SliceRegion? = nil,
        percentiles: ClosedRange<Double> = 0.5...99.5
    ) {
        let region = region ?? SliceRegion(of: volume.geometry)
        var values: [Float] = []
        values.reserveCapacity(region.width * region.height)
        for row in region.y..<region.y + region.height {
            let start = volume.geometry.index(region.x, row, slice)
            values += volume.voxels[start..<start + region.width].lazy.filter(\.isFinite)
        }
        guard !values.isEmpty else {
            self.init(black: 0, white: 0)
            return
        }
        let limits = Percentiles.of(values, [percentiles.lowerBound, percentiles.upperBound])
        self.init(black: limits[0], white: limits[1])
    }

    /// Returns the gray level of an intensity, from 0 (black) to 255 (white); NaN is black.
    public func level(_ intensity: Float) -> UInt8 {
        // In Float, the difference of large numbers can be infinite.
        let share = (Double(intensity) - Double(black)) / (Double(white) - Double(black))
        guard white > black, !share.isNaN else { return 0 }
        return UInt8((min(max(share, 0), 1) * 255).rounded())
    }
}
