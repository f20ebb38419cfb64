import Imaging

/// How a scan becomes input of the network: resampled in plane, clipped and scaled, volume by volume.
public struct Preparation: Codable, Sendable, Equatable {
    /// Distance of pixels in mm after resampling, along x and y alike.
    public var spacing: Double
    /// Percentiles of the volume's intensities to which they are clipped; bright outliers reach 11 times the 99th.
    public var clip: ClipRange

    /// Two percentiles, 0 to 100.
    public struct ClipRange: Codable, Sendable, Equatable {
        /// The lower one.
        public var low: Double
        /// The upper one.
        public var high: Double

        /// From `low` to `high`.
        public init(low: Double, high: Double) {
            precondition(0 <= low && low < high && high <= 100, "percentiles in order")
            self.low = low
            self.high = high
        }
    }

    /// 1.5 mm and the 0.5th to 99.5th percentile unless told otherwise.
    public init(spacing: Double = 1.5, clip: ClipRange = ClipRange(low: 0.5, high: 99.5)) {
        precondition(spacing > 0, "a spacing is positive")
        self.spacing = spacing
        self.clip = clip
    }

    /// Refuses a grid that would become larger than any scan: a header with wrong millimetres, which resampling
    /// would turn into more pixels than memory holds.
    ///
    /// - Throws: `SegmentationError.fieldOfView` where a side would have more than 16,384 pixels.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        let width = Double(geometry.width) * geometry.spacing.x
        let height = Double(geometry.height) * geometry.spacing.y
        guard max(width, height) / spacing <= 16_384 else {
            throw .fieldOfView(path: path, width: width, height: height)
        }
    }

    /// `volume` on the network's grid: in-plane spacing near `spacing` mm, mean 0 and standard deviation 1 after
    /// clipping. A volume of one value becomes zeros.
    public func prepare(_ volume: Volume) -> Volume {
        var prepared = volume.resampledInPlane(toSpacing: spacing, spacing)
        let limits = Percentiles.of(prepared.voxels, [clip.low, clip.high])
        prepared.voxels.withUnsafeMutableBufferPointer { voxels in
            var sum = 0.0
            for index in voxels.indices {
                voxels[index] = min(max(voxels[index], limits[0]), limits[1])
                sum += Double(voxels[index])
            }
            let mean = sum / Double(voxels.count)
            var squares = 0.0
            for value in voxels { squares += (Double(value) - mean) * (Double(value) - mean) }
            let deviation = (squares / Double(voxels.count)).squareRoot()
            // Resampling leaves a constant volume constant only but for rounding, which must not be blown up.
            let rounding = Double(max(abs(limits[0]), abs(limits[1]))) * 1e-6
            let scale = deviation > rounding ? 1 / deviation : 0
            for index in voxels.indices { voxels[index] = Float((Double(voxels[index]) - mean) * scale) }
        }
        return prepared
    }
}
