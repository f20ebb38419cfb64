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
            "\(path) cannot be read: it is a pipe, a socket, or a device; give a regular file."
        case .unknownEnding(let path):
            "\(path) cannot be written: the name must end in .nii, .nii.gz, .hdr, .hdr.gz, .img or .img.gz."
        case .damagedGzip(let path):
            "\(path) is damaged: its gzip data is cut off or corrupt; copy or download the file again."
        case .truncatedHeader(let path, let expected, let found):
            "\(path) is cut off: the header needs \(expected) bytes and the file has \(found); "
                + "copy or download the file again."
        case .notNIfTI(let path):
            "\(path) is not a NIfTI file: it begins with the header size of neither NIfTI-1 nor NIfTI-2; "
                + "convert it to NIfTI first."
        case .wrongMagic(let path, let expected, let found):
            "\(path) is not a NIfTI file of its kind: the magic string is \"\(found)\" where \"\(expected)\" "
                + "belongs; export it as NIfTI again."
        case .dimensionCount(let path, let found):
            "\(path) has a bad header: it says \(found) dimensions where 2 to 7 are possible; export it again."
        case .dimension(let path, let axis, let found):
            "\(path) has a bad header: dimension \(axis) is \(found) where at least 1 is needed; export it again."
        case .tooManyDimensions(let path, let dimensions):
            "\(path) has \(product(dimensions)) voxels: only images of two to four dimensions can be read; "
                + "split it along the later ones."
        case .overflowingDimensions(let path, let dimensions):
            "\(path) has a bad header: \(product(dimensions)) voxels are more than can be addressed; "
                + "export it again."
        case .tooManyVoxels(let path, let dimensions, let limit):
            "\(path) has \(product(dimensions)) voxels, more than the limit of \(millions(limit)); "
                + "crop it, downsample it, or split it into several files."
        case .unsupportedDatatype(let path, let code):
            "\(path) has voxels of type \(NIfTIDatatype.name(ofCode: code)), which cannot be read; "
                + "convert it to an integer type, float32 or float64."
        case .voxelOffset(let path, let found, let minimum):
            "\(path) has a bad header: its voxels start at byte \(plain(found)) where at least \(minimum) "
                + "is needed; export it again."
        case .distantVoxels(let path, let found, let limit):
            "\(path) has a bad header: its voxels start at byte \(found), and at most \(limit / 1_000_000) MB "
                + "may precede them; export it again."
        case .surplusContent(let path, let dimensions, let expected):
            "\(path) has a bad header: \(product(dimensions)) voxels need \(expected) bytes and the file goes on "
                + "long after them; export it again."
        case .missingVoxels(let path, let dimensions, let expected, let found):
            "\(path) is cut off: \(product(dimensions)) voxels need \(expected) bytes and the file has \(found); "
                + "copy or download the file again."
        case .missingHalf(let path, let partner):
            "\(path) is half of a pair and \(partner) is missing; put both files into the same folder."
        case .noSuchFrame(let path, let frame, let count):
            count == 1
                ? "\(path) has one frame, number 0: there is no frame \(frame)."
                : "\(path) has \(count) frames, numbered 0 to \(count - 1): there is no frame \(frame)."
        case .nonFiniteVoxels(let path, let count):
            "\(path) has \(count) NaN or infinite voxel\(count == 1 ? "" : "s"); "
                + "replace them by numbers and run again."
        case .notAnInteger(let path, let position, let value):
            "\(path) is no label file: voxel (\(position.map(String.init).joined(separator: ", "))) is "
                + "\(plain(value)), not an integer of 32 bits; choose the file with the labels."
        case .otherDatatype(let path, let expected, let found):
            "\(path) stores \(found), not \(expected); ask for its voxels as \(found)."
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
