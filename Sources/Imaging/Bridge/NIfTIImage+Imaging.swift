import NIfTI

extension NIfTIImage {
    /// Labels as a uint8 image with the header geometry of the scan they belong to, kept byte for byte.
    ///
    /// The map must lie on the grid of `header`.
    public init(_ map: LabelMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(labels: map.labels, like: header)
    }

    /// Probabilities as a float32 image whose fourth dimension is the class, background first, with the header
    /// geometry of the scan they belong to.
    ///
    /// The map must lie on the grid of `header`.
    public init(_ map: ProbabilityMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(floats: map.values, channels: map.channels, like: header)
    }
}

extension ProbabilityMap {
    /// Probabilities as `NIfTIImage(_:like:)` writes them: one frame a class.
    ///
    /// - Throws: `ImagingError` where there are more than 256 frames, no spacing, or a voxel is NaN or infinite.
    public init(image: NIfTIImage) throws(ImagingError) {
        let geometry = try Geometry(header: image.header)
        guard image.frameCount <= Self.maximumChannels else {
            throw .tooManyClasses(path: image.header.name, found: image.frameCount)
        }
        var values: [Float] = []
        values.reserveCapacity(image.frameCount * geometry.count)
        do {
            for frame in 0..<image.frameCount { values += try image.floats(frame: frame) }
        } catch {
            throw .nifti(error)
        }
        self.init(geometry: geometry, channels: image.frameCount, values: values)
    }
}
