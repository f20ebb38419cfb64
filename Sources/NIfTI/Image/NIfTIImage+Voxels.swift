extension NIfTIImage {
    /// What to do with voxels that are NaN, infinite, or too large for float32.
    public enum NonFinite: Sendable, Hashable {
        /// Throw `NIfTIError.nonFiniteVoxels`.
        case refuse
        /// Return them as they are.
        case keep
        /// Replace them with this number.
        case replace(with: Float)
    }

    /// Returns the true values of one frame: slope and intercept applied in float64, then rounded to float32.
    ///
    /// - Parameters:
    ///   - frame: from 0; always 0 for a 2D or 3D image.
    ///   - nonFinite: what to do with NaN and infinite voxels.
    /// - Returns: `header.frameVoxelCount` values, x fastest, then y, then z.
    /// - Throws: `NIfTIError.noSuchFrame`, and `nonFiniteVoxels` if those are refused.
    public func floats(frame: Int = 0, nonFinite: NonFinite = .refuse) throws(NIfTIError) -> [Float] {
        try floats(voxelReader(frame), nonFinite)
    }

    /// Returns the true values of the voxels that `source` reads.
    func floats(_ source: VoxelReader, _ nonFinite: NonFinite) throws(NIfTIError) -> [Float] {
        var (values, count) = storage.withUnsafeBytes { file in
            switch header.datatype {
            case .uint8: source.floats(UInt8.self, in: file)
            case .int8: source.floats(Int8.self, in: file)
            case .uint16: source.floats(UInt16.self, in: file)
            case .int16: source.floats(Int16.self, in: file)
            case .uint32: source.floats(UInt32.self, in: file)
            case .int32: source.floats(Int32.self, in: file)
            case .uint64: source.floats(UInt64.self, in: file)
            case .int64: source.floats(Int64.self, in: file)
            case .float32: source.floats(Float.self, in: file)
            case .float64: source.floats(Double.self, in: file)
            }
        }
        guard count > 0, nonFinite != .keep else { return values }
        guard case .replace(let number) = nonFinite else {
            throw .nonFiniteVoxels(path: header.path, count: count)
        }
        for index in values.indices where !values[index].isFinite { values[index] = number }
        return values
    }

    /// Returns the true values of one frame of a label file.
    ///
    /// Stored integers and whole floating-point numbers are exact. If the file has a slope or intercept, results within
    /// 1/10,000 of an integer are rounded: a slope such as 0.1 has no exact float32.
    ///
    /// - Parameter frame: from 0; always 0 for a 2D or 3D image.
    /// - Returns: `header.frameVoxelCount` values, x fastest, then y, then z.
    /// - Throws: `NIfTIError.noSuchFrame`, and `notAnInteger` with the first voxel that is not a 32-bit integer.
    public func integers(frame: Int = 0) throws(NIfTIError) -> [Int32] {
        let source = try voxelReader(frame)
        let (values, failure) = storage.withUnsafeBytes { file in
            switch header.datatype {
            case .uint8: source.integers(UInt8.self, in: file)
            case .int8: source.integers(Int8.self, in: file)
            case .uint16: source.integers(UInt16.self, in: file)
            case .int16: source.integers(Int16.self, in: file)
            case .uint32: source.integers(UInt32.self, in: file)
            case .int32: source.integers(Int32.self, in: file)
            case .uint64: source.integers(UInt64.self, in: file)
            case .int64: source.integers(Int64.self, in: file)
            case .float32: source.integers(Float.self, in: file)
            case .float64: source.integers(Double.self, in: file)
            }
        }
        if let failure {
            let (width, height, _) = header.grid
            let position = [
                failure.index % width, failure.index / width % height, failure.index / width / height,
            ]
            throw .notAnInteger(path: header.path, position: position, value: failure.value)
        }
        return values
    }

    /// Returns the numbers of one frame as stored, in this machine's byte order, without the slope applied.
    ///
    /// - Throws: `NIfTIError.otherDatatype` if the file stores another type than `T`, and `noSuchFrame`.
    public func stored<T: NIfTIScalar>(as type: T.Type, frame: Int = 0) throws(NIfTIError) -> [T] {
        guard header.datatype == T.niftiDatatype else {
            throw .otherDatatype(path: header.path, expected: T.niftiDatatype, found: header.datatype)
        }
        let source = try voxelReader(frame)
        return storage.withUnsafeBytes { source.stored(type, in: $0) }
    }

    private func voxelReader(_ frame: Int) throws(NIfTIError) -> VoxelReader {
        guard frame >= 0, frame < frameCount else {
            throw .noSuchFrame(path: header.path, frame: frame, count: frameCount)
        }
        let count = header.frameVoxelCount
        return VoxelReader(
            start: start + frame * count * header.datatype.size, count: count, isSwapped: header.isSwapped,
            slope: header.slope, intercept: header.intercept)
    }
}
