/// The probability of every class in every voxel of a grid.
public struct ProbabilityMap: Sendable {
    /// Size and spacing (mm) of the grid.
    public var geometry: Geometry
    /// The number of classes, including background.
    public var channels: Int
    /// Probabilities: channel slowest, then z, y and x fastest; `channels · geometry.count` of them. As a tensor
    /// (C, D, H, W).
    public var values: [Float]

    /// The most classes: as many as labels have values.
    package static let maximumChannels = 256

    /// Creates a map of the probabilities of `channels` classes on `geometry`; x runs fastest, channels slowest.
    public init(geometry: Geometry, channels: Int, values: [Float]) {
        precondition(channels > 0 && channels <= Self.maximumChannels, "from 1 to 256 classes")
        precondition(values.count == channels * geometry.count, "a value for every class in every voxel")
        self.geometry = geometry
        self.channels = channels
        self.values = values
    }

    /// Returns these probabilities on another grid of the same field of view with as many slices; linear within each
    /// slice.
    ///
    /// The weights of a pixel sum to 1, so probabilities that sum to 1 still do.
    public func resampledInPlane(to grid: Geometry) -> ProbabilityMap {
        precondition(grid.depth == geometry.depth, "in-plane resampling keeps the slices")
        if grid.width == geometry.width, grid.height == geometry.height {
            return ProbabilityMap(geometry: grid, channels: channels, values: values)
        }
        let resampler = SliceResampler(
            from: Extent(width: geometry.width, height: geometry.height),
            to: Extent(width: grid.width, height: grid.height))
        return ProbabilityMap(
            geometry: grid, channels: channels,
            values: resampler.resample(values, count: channels * geometry.depth))
    }

    /// Returns the most probable channel of every voxel; of equal ones, the lowest.
    public func argmax() -> LabelMap {
        let count = geometry.count
        let labels = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            values.withUnsafeBufferPointer { values in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { best in
                    for voxel in 0..<count {
                        best.initializeElement(at: voxel, to: values[voxel])
                        output.initializeElement(at: voxel, to: 0)
                    }
                    for channel in 1..<max(channels, 1) {
                        let start = channel * count
                        for voxel in 0..<count where values[start + voxel] > best[voxel] {
                            best[voxel] = values[start + voxel]
                            output[voxel] = UInt8(channel)
                        }
                    }
                }
            }
            initialized = count
        }
        return LabelMap(geometry: geometry, labels: labels)
    }

    /// Returns label 1 where the probability of a single class, predicted through a sigmoid, exceeds `threshold`.
    public func thresholded(at threshold: Float = 0.5) -> LabelMap {
        precondition(channels == 1, "a threshold needs exactly one class")
        return LabelMap(geometry: geometry, labels: values.map { $0 > threshold ? 1 : 0 })
    }
}
