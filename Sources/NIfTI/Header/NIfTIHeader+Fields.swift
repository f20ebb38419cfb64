extension NIfTIHeader {
    /// Voxels along x, y, z and, for a series, frames: `dim[1]`… without trailing ones after the third.
    public var dimensions: [Int] {
        var dimensions = (1...min(max(integer(.dim), 1), 7)).map { integer(.dim, at: $0) }
        while dimensions.count > 3, dimensions.last == 1 { dimensions.removeLast() }
        return dimensions
    }

    /// Voxels along x, y and z; z is 1 for a 2D image.
    public var grid: (x: Int, y: Int, z: Int) {
        let dimensions = dimensions
        return (dimensions[0], dimensions[1], dimensions.count > 2 ? dimensions[2] : 1)
    }

    /// Voxels of one frame.
    public var frameVoxelCount: Int {
        let grid = grid
        return grid.x * grid.y * grid.z
    }

    /// Frames of the series, 1 for a 2D or 3D image.
    public var frameCount: Int {
        let dimensions = dimensions
        return dimensions.count > 3 ? dimensions[3] : 1
    }

    /// The type of the stored voxels.
    public internal(set) var datatype: NIfTIDatatype {
        get {
            guard let datatype = NIfTIDatatype(rawValue: integer(.datatype)) else {
                preconditionFailure("a header is checked before it is handed out")
            }
            return datatype
        }
        set {
            store(newValue.rawValue, in: .datatype)
            store(newValue.size * 8, in: .bitsPerVoxel)
        }
    }

    /// The factor from stored to true values; 1 if the file gives none (0, NaN or infinite).
    public var slope: Double {
        let slope = real(.slope)
        return slope.isFinite && slope != 0 ? slope : 1
    }

    /// The offset added after `slope`; 0 if the file has no slope, or the offset is NaN or infinite.
    public var intercept: Double {
        let slope = real(.slope)
        let intercept = real(.intercept)
        return slope.isFinite && slope != 0 && intercept.isFinite ? intercept : 0
    }

    /// Whether the true values differ from the stored ones.
    public var isScaled: Bool { slope != 1 || intercept != 0 }

    /// Sets the slope and intercept that turn stored values into true ones.
    public mutating func setScaling(slope: Double, intercept: Double) {
        store(slope, in: .slope)
        store(intercept, in: .intercept)
    }

    /// Free text, at most 79 bytes of UTF-8; longer text is cut at a character.
    public var description: String {
        get {
            let start = descriptionOffset
            return String(decoding: bytes[start..<start + 80].prefix { $0 != 0 }, as: UTF8.self)
        }
        set {
            var text = newValue
            while text.utf8.count > 79 { text.removeLast() }
            let start = descriptionOffset
            let field = Array(text.utf8)
            for index in 0..<80 { bytes[start + index] = index < field.count ? field[index] : 0 }
        }
    }

    private var descriptionOffset: Int { version == .one ? 148 : 240 }

    /// Returns the header of an image on the same grid with `frames` frames of `datatype`: slope 1, intercept 0, no
    /// display range, no intent. Geometry stays byte for byte; dimensions change only if the number of frames does.
    func derived(datatype: NIfTIDatatype, frames: Int) -> NIfTIHeader {
        var header = self
        header.source = nil
        if frames != frameCount { header.setFrames(frames) }
        header.datatype = datatype
        header.setScaling(slope: 1, intercept: 0)
        header.store(0.0, in: .displayMaximum)
        header.store(0.0, in: .displayMinimum)
        header.store(0, in: .intentCode)
        for index in 0..<3 { header.store(0.0, in: .intentParameters, at: index) }
        let name = version == .one ? 328 : 508
        for index in name..<name + 16 { header.bytes[index] = 0 }
        // glmax and glmin, which only NIfTI-1 has.
        if version == .one { for index in 140..<148 { header.bytes[index] = 0 } }
        return header
    }

    /// Changes the number of frames; the grid stays as it is.
    mutating func setFrames(_ frames: Int) {
        let depth = grid.z
        for axis in 4...7 { store(1, in: .dim, at: axis) }
        store(depth, in: .dim, at: 3)
        store(frames, in: .dim, at: 4)
        store(frames == 1 ? 3 : 4, in: .dim)
    }
}
