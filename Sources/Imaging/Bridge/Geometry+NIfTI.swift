import NIfTI

extension Geometry {
    /// The grid of one frame of a NIfTI image: its dimensions, and its spacing in mm from `pixdim`, never from the
    /// affine. A 2D image is one slice.
    ///
    /// - Throws: `ImagingError.noSpacing` where the spacing is not positive and finite.
    public init(header: NIfTIHeader) throws(ImagingError) {
        let spacing = header.spacing
        guard header.hasSpacing else { throw .noSpacing(path: header.name, found: spacing) }
        let grid = header.grid
        self.init(
            width: grid.x, height: grid.y, depth: grid.z, spacing: Spacing(spacing[0], spacing[1], spacing[2])
        )
    }
}

extension NIfTIHeader {
    /// The file in errors.
    var name: String { source?.relativePath ?? "the image" }
}
