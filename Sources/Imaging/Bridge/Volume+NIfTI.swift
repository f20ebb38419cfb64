import NIfTI

extension Volume {
    /// The intensities of one frame of a NIfTI image, slope and intercept applied.
    ///
    /// - Parameters:
    ///   - frame: which frame of a series, from 0; 0 for a 2D or 3D image.
    ///   - nonFinite: what to do with NaN and infinite voxels; they are refused unless told otherwise.
    /// - Throws: `ImagingError` where there is no such frame, no spacing, or voxels are refused.
    public init(
        image: NIfTIImage, frame: Int = 0, nonFinite: NIfTIImage.NonFinite = .refuse
    ) throws(ImagingError) {
        let geometry = try Geometry(header: image.header)
        do {
            self.init(geometry: geometry, voxels: try image.floats(frame: frame, nonFinite: nonFinite))
        } catch {
            throw .nifti(error)
        }
    }
}
