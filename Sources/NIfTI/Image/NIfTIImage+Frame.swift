extension NIfTIImage {
    /// One frame of a series as a 3D image of its own: voxels, datatype and scaling as the series stores them, and a
    /// header whose geometry is the same byte for byte.
    ///
    /// - Parameter frame: from 0; always 0 for a 2D or 3D image, which stays as it is.
    /// - Throws: `NIfTIError.noSuchFrame`.
    public func extracting(frame: Int) throws(NIfTIError) -> NIfTIImage {
        guard frame >= 0, frame < frameCount else {
            throw .noSuchFrame(path: header.path, frame: frame, count: frameCount)
        }
        guard frameCount > 1 else { return self }
        var single = header
        single.setFrames(1)
        let size = header.frameVoxelCount * header.datatype.size
        let first = start + frame * size
        return NIfTIImage(header: single, storage: Array(storage[first..<first + size]), start: 0)
    }
}
