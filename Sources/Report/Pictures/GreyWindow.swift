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

    /// The window between two percentiles (0 to 100) of the finite voxels of a slice; of the whole volume where
    /// `slice` is nil. Voxels that are not finite are left out; a constant slice gives an empty window.
    public init(of volume: Volume, slice: Int? = nil, percentiles: ClosedRange<Double> = 0.5...99.5) {
        let count = volume.geometry.sliceCount
        let range = slice.map { $0 * count..<($0 + 1) * count } ?? 0..<volume.geometry.count
        let sorted = volume.voxels[range].filter(\.isFinite).sorted()
        guard let last = sorted.indices.last else {
            self.init(black: 0, white: 0)
            return
        }
        func value(_ percentile: Double) -> Float {
            sorted[Int((percentile / 100 * Double(last)).rounded())]
        }
        self.init(black: value(percentiles.lowerBound), white: value(percentiles.upperBound))
    }

    /// The grey of an intensity, 0 black to 255 white; not-a-number is black.
    public func level(_ intensity: Float) -> UInt8 {
        guard white > black, !intensity.isNaN else { return 0 }
        return UInt8((min(max((intensity - black) / (white - black), 0), 1) * 255).rounded())
    }
}
