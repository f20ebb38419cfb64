import Files
import Foundation

/// An error in reading or writing a NIfTI file, with the evidence. `description` is one sentence for users.
public enum NIfTIError: Error, Hashable, Sendable {
    /// The file cannot be opened or read; `code` is the system's `errno`.
    case cannotRead(path: String, code: Int32)
    /// The file cannot be written; `code` is the system's `errno`. Existing contents of `path` are untouched.
    case cannotWrite(path: String, code: Int32)
    /// The path to be written names a folder or a device.
    case notAFile(path: String)
    /// The path to be read names a pipe, a socket, or a device.
    case notRegular(path: String)
    /// The name to write to has no NIfTI ending.
    case unknownEnding(path: String)
    /// The gzip stream is cut off, damaged, or fails its checksum.
    case damagedGzip(path: String)
    /// The file ends inside its header; counts are bytes.
    case truncatedHeader(path: String, expected: Int, found: Int)
    /// The first four bytes are the header size of neither NIfTI-1 nor NIfTI-2 in either byte order.
    case notNIfTI(path: String)
    /// The header's magic string is not that of its kind of file.
    case wrongMagic(path: String, expected: String, found: String)
    /// `dim[0]`, the number of dimensions, is not 2 to 7.
    case dimensionCount(path: String, found: Int)
    /// A dimension is zero or negative; `axis` counts from 1, as in `dim[axis]`.
    case dimension(path: String, axis: Int, found: Int)
    /// The image has more than one voxel along the fifth or a later dimension.
    case tooManyDimensions(path: String, dimensions: [Int])
    /// The dimensions multiply to more bytes than a computer can address.
    case overflowingDimensions(path: String, dimensions: [Int])
    /// The image has more voxels than the reader allows.
    case tooManyVoxels(path: String, dimensions: [Int], limit: Int)
    /// Complex, color, 128-bit or unknown voxels.
    case unsupportedDatatype(path: String, code: Int)
    /// `vox_offset` is inside the header, negative, or not a number.
    case voxelOffset(path: String, found: Double, minimum: Int)
    /// The voxels start farther after the header than any extensions reach; counts are bytes.
    case distantVoxels(path: String, found: Int, limit: Int)
    /// The file continues long after its last voxel; `expected` is the number of bytes of voxels that its header
    /// promises.
    case surplusContent(path: String, dimensions: [Int], expected: Int)
    /// The header promises more voxels than the file has bytes for; counts are bytes of voxels.
    case missingVoxels(path: String, dimensions: [Int], expected: Int, found: Int)
    /// One file of a `.hdr` and `.img` pair is missing.
    case missingHalf(path: String, partner: String)
    /// The image has no such frame; frames count from 0.
    case noSuchFrame(path: String, frame: Int, count: Int)
    /// Some voxels of the frame are NaN, infinite, or too large for float32.
    case nonFiniteVoxels(path: String, count: Int)
    /// A voxel of a label file is not a 32-bit integer; `position` is x, y, z from 0.
    case notAnInteger(path: String, position: [Int], value: Double)
    /// Voxels were requested as a type that the file does not store.
    case otherDatatype(path: String, expected: NIfTIDatatype, found: NIfTIDatatype)
}

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

/// Returns the system's description of an `errno`.
private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Returns dimensions as text, such as 216 × 256 × 10.
private func product(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: " × ")
}

/// Returns a count in millions if it is a whole number of them.
private func millions(_ count: Int) -> String {
    count % 1_000_000 == 0 ? "\(count / 1_000_000) million" : "\(count)"
}

/// Returns a number without a needless fraction.
private func plain(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? String(value)
}

extension NIfTIError {
    /// Converts a file error to an error of this module.
    init(_ error: FileError) {
        switch error {
        case .cannotRead(let path, let code): self = .cannotRead(path: path, code: code)
        case .cannotWrite(let path, let code): self = .cannotWrite(path: path, code: code)
        case .notAFile(let path): self = .notAFile(path: path)
        case .notRegular(let path): self = .notRegular(path: path)
        // Scans are read piece by piece, and no piece has a limit of its own.
        case .tooLarge(let path, _, _): self = .cannotRead(path: path, code: EFBIG)
        }
    }
}
