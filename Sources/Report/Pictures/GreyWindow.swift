import Imaging

/// The intensities that a picture shows as black and as white; what lies between is linear.
public struct GreyWindow: Sendable, Equatable {
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
