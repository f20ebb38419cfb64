import Foundation

extension NIfTIError: CustomStringConvertible, LocalizedError {
    /// The same sentence as `description`.
    public var errorDescription: String? { description }

    /// One plain sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .cannotRead(let path, let code):
            "\(path) cannot be read: \(reason(code)); check the name and the permissions."
        case .cannotWrite(let path, let code):
            code == ENOSPC || code == EDQUOT
                ? "\(path) cannot be written: \(reason(code)); free some space and run again."
                : "\(path) cannot be written: \(reason(code)); check the folder and its permissions."
        case .notAFile(let path):
            "\(path) cannot be written: it exists and is not a regular file; choose another name."
        case .notRegular(let path):
            "\(path) cannot be read: it is a pipe, a socket, or a device; specify a regular file."
        case .unknownEnding(let path):
            "\(path) cannot be written: the name must end in .nii, .nii.gz, .hdr, .hdr.gz, .img or .img.gz."
        case .damagedGzip(let path):
            "\(path) is damaged: its gzip data is cut off or corrupt; copy or download the file again."
        case .truncatedHeader(let path, let expected, let found):
            "\(path) is cut off: the header needs \(expected) bytes, but the file has \(found); "
                + "copy or download the file again."
        case .notNIfTI(let path):
            "\(path) is not a NIfTI file: its header size is that of neither NIfTI-1 nor NIfTI-2; "
                + "convert it to NIfTI first."
        case .wrongMagic(let path, let expected, let found):
            "\(path) is not a valid NIfTI file: its magic string is \"\(found)\" instead of \"\(expected)\"; "
                + "export it as NIfTI again."
        case .dimensionCount(let path, let found):
            "\(path) has an invalid header: it has \(found) dimensions, but only 2 to 7 are possible; export it again."
        case .dimension(let path, let axis, let found):
            "\(path) has an invalid header: dimension \(axis) is \(found), but must be at least 1; export it again."
        case .tooManyDimensions(let path, let dimensions):
            "\(path) has \(product(dimensions)) voxels, but only images of two to four dimensions can be read; "
                + "split it along the other dimensions."
        case .overflowingDimensions(let path, let dimensions):
            "\(path) has an invalid header: \(product(dimensions)) voxels are more than can be addressed; "
                + "export it again."
        case .tooManyVoxels(let path, let dimensions, let limit):
            "\(path) has \(product(dimensions)) voxels, more than the limit of \(millions(limit)); "
                + "crop it, downsample it, or split it into several files."
        case .unsupportedDatatype(let path, let code):
            "\(path) has voxels of type \(NIfTIDatatype.name(ofCode: code)), which cannot be read; "
                + "convert it to an integer type, float32 or float64."
        case .voxelOffset(let path, let found, let minimum):
            "\(path) has an invalid header: its voxels start at byte \(plain(found)), but cannot start before "
                + "byte \(minimum); export it again."
        case .distantVoxels(let path, let found, let limit):
            "\(path) has an invalid header: its voxels start at byte \(found), but at most \(limit >> 20) MiB "
                + "may precede them; export it again."
        case .surplusContent(let path, let dimensions, let expected):
            "\(path) has an invalid header: \(product(dimensions)) voxels need \(expected) bytes, but the file continues "
                + "long after them; export it again."
        case .missingVoxels(let path, let dimensions, let expected, let found):
            "\(path) is cut off: \(product(dimensions)) voxels need \(expected) bytes, but the file has \(found); "
                + "copy or download the file again."
        case .missingHalf(let path, let partner):
            "\(path) is half of a pair, and \(partner) is missing; put both files in the same folder."
        case .noSuchFrame(let path, let frame, let count):
            count == 1
                ? "\(path) has one frame, number 0, and no frame \(frame); choose frame 0."
                : "\(path) has \(count) frames, numbered 0 to \(count - 1), and no frame \(frame); choose one of them."
        case .nonFiniteVoxels(let path, let count):
            "\(path) has \(count) NaN or infinite voxel\(count == 1 ? "" : "s"); "
                + "replace them with finite values and try again."
        case .notAnInteger(let path, let position, let value):
            "\(path) is not a label file: voxel (\(position.map(String.init).joined(separator: ", "))) is "
                + "\(plain(value)), not a 32-bit integer; choose the file with the labels."
        case .otherDatatype(let path, let expected, let found):
            "\(path) stores \(found), not \(expected); request its voxels as \(found)."
        }
    }
}

/// The system's words for an `errno`.
private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Dimensions as a person writes them: 216 × 256 × 10.
private func product(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: " × ")
}

/// A count in millions, where it is one.
private func millions(_ count: Int) -> String {
    count % 1_000_000 == 0 ? "\(count / 1_000_000) million" : "\(count)"
}

/// A number without a needless fraction.
private func plain(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? String(value)
}
