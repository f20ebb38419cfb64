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
    /// where the scan ends; the whole slice where nothing is labeled.
    ///
    /// - Throws: `PictureError.gridsDiffer` where a map lies on another grid than `geometry`.
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

    /// `side` pixels around the middle of `bounds`, moved into the scan where it is wide enough.
    private static func span(_ bounds: (first: Int, last: Int), side: Double, of extent: Int) -> Range<Int> {
        // Compared before it is converted: pixels that a header makes too small give more than any whole number.
        let count = side < Double(extent) ? Int(side.rounded(.up)) : extent
        let start = min(max((bounds.first + bounds.last + 1 - count) / 2, 0), extent - count)
        return start..<start + count
    }
}

/// The intensities that a picture shows as black and as white; what lies between is linear.
public struct GrayWindow: Sendable, Equatable {
    /// Intensity shown as black.
    public var black: Float
    /// Intensity shown as white.
    public var white: Float

    /// A window from `black` to `white`.
    public init(black: Float, white: Float) {
        self.black = black
        self.white = white
    }

    /// The window between two percentiles (0 to 100) of the finite voxels of a slice, or of a part of it. Voxels
    /// that are not finite are left out; where all are equal the window is empty.
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

    /// The gray of an intensity, 0 black to 255 white; not-a-number is black.
    public func level(_ intensity: Float) -> UInt8 {
        // In Float the difference of large numbers is infinite.
        let share = (Double(intensity) - Double(black)) / (Double(white) - Double(black))
        guard white > black, !share.isNaN else { return 0 }
        return UInt8((min(max(share, 0), 1) * 255).rounded())
    }
}
