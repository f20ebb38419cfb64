import Imaging

/// How a scan becomes input of the network: resampled in plane, clipped and scaled, volume by volume.
public struct Preparation: Codable, Sendable, Equatable {
    /// Distance of pixels in mm after resampling, along x and y alike.
    public var spacing: Double
    /// Percentiles of the volume's intensities to which they are clipped; bright outliers reach 11 times the 99th.
    public var clip: Percentiles

    /// Two percentiles, 0 to 100.
    public struct Percentiles: Codable, Sendable, Equatable {
        /// The lower one.
        public var low: Double
        /// The upper one.
        public var high: Double
    }

    /// 1.5 mm and the 0.5th to 99.5th percentile unless told otherwise.
    public init(spacing: Double = 1.5, clip: Percentiles = Percentiles(low: 0.5, high: 99.5)) {
        precondition(spacing > 0, "a spacing is positive")
        self.spacing = spacing
        self.clip = clip
    }

    /// `volume` on the network's grid: in-plane spacing near `spacing` mm, mean 0 and standard deviation 1 after
    /// clipping. A volume of one value becomes zeros.
    public func prepare(_ volume: Volume) -> Volume {
        var prepared = volume.resampledInPlane(toSpacing: spacing, spacing)
        let range = intensityRange(prepared.voxels)
        prepared.voxels.withUnsafeMutableBufferPointer { voxels in
            var sum = 0.0
            for index in voxels.indices {
                voxels[index] = min(max(voxels[index], range.lowerBound), range.upperBound)
                sum += Double(voxels[index])
            }
            let mean = sum / Double(voxels.count)
            var squares = 0.0
            for value in voxels { squares += (Double(value) - mean) * (Double(value) - mean) }
            let deviation = (squares / Double(voxels.count)).squareRoot()
            let scale = deviation > 0 ? 1 / deviation : 0
            for index in voxels.indices { voxels[index] = Float((Double(voxels[index]) - mean) * scale) }
        }
        return prepared
    }

    /// The values at the two percentiles, between ranks as numpy's default.
    private func intensityRange(_ voxels: [Float]) -> ClosedRange<Float> {
        let sorted = voxels.sorted()
        func value(_ percentile: Double) -> Float {
            let position = percentile / 100 * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + Float(position - Double(below)) * (sorted[above] - sorted[below])
        }
        return value(clip.low)...value(clip.high)
    }
}
