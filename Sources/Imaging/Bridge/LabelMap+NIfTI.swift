import NIfTI

extension LabelMap {
    /// The labels of one frame of a NIfTI image of any datatype, all of which must be whole numbers from 0 to 255.
    ///
    /// - Parameter frame: which frame of a series, from 0; 0 for a 2D or 3D image.
    /// - Throws: `ImagingError` where there is no such frame, no spacing, or a voxel is no label.
    public init(image: NIfTIImage, frame: Int = 0) throws(ImagingError) {
        let geometry = try Geometry(header: image.header)
        let values: [Int32]
        do {
            values = try image.integers(frame: frame)
        } catch {
            throw .nifti(error)
        }
        let strange = values.filter { !(0...255).contains($0) }
        guard strange.isEmpty else {
            throw .labelsOutOfRange(
                path: image.header.name, count: strange.count, found: Array(Set(strange).sorted().prefix(3)))
        }
        self.init(geometry: geometry, labels: values.map { UInt8(truncatingIfNeeded: $0) })
    }
}
