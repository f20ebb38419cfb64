/// What can be wrong with a NIfTI file, with the evidence. `description` is one sentence for a person.
public enum NIfTIError: Error, Hashable, Sendable {
    /// The file cannot be opened or read; `code` is the system's `errno`.
    case cannotRead(path: String, code: Int32)
    /// The file cannot be written; `code` is the system's `errno`. What stood at `path` is untouched.
    case cannotWrite(path: String, code: Int32)
    /// A folder or device stands where a file is to be written.
    case notAFile(path: String)
    /// A pipe, a socket or a device stands where a file is to be read.
    case notRegular(path: String)
    /// The name to write to ends in none of the endings of NIfTI files.
    case unknownEnding(path: String)
    /// The gzip stream is cut off, damaged, or fails its checksum.
    case damagedGzip(path: String)
    /// The file ends inside its header; counts are bytes.
    case truncatedHeader(path: String, expected: Int, found: Int)
    /// The first four bytes are the header size of neither NIfTI-1 nor NIfTI-2 in either byte order.
    case notNIfTI(path: String)
    /// The header's magic string is not the one that its kind of file has.
    case wrongMagic(path: String, expected: String, found: String)
    /// `dim[0]`, the number of dimensions, is not 2 to 7.
    case dimensionCount(path: String, found: Int)
    /// A dimension is zero or negative; `axis` counts from 1, as in `dim[axis]`.
    case dimension(path: String, axis: Int, found: Int)
    /// There is more than one voxel along the fifth or a later dimension.
    case tooManyDimensions(path: String, dimensions: [Int])
    /// The dimensions multiply to more bytes than a computer can address.
    case overflowingDimensions(path: String, dimensions: [Int])
    /// There are more voxels than the reader asked for.
    case tooManyVoxels(path: String, dimensions: [Int], limit: Int)
    /// Complex, color, 128-bit or unknown voxels.
    case unsupportedDatatype(path: String, code: Int)
    /// `vox_offset` lies inside the header, is negative, or is no number.
    case voxelOffset(path: String, found: Double, minimum: Int)
    /// The voxels start further behind the header than any extensions reach; counts are bytes.
    case distantVoxels(path: String, found: Int, limit: Int)
    /// The file goes on long after its last voxel; `expected` are the bytes of voxels that its header promises.
    case surplusContent(path: String, dimensions: [Int], expected: Int)
    /// The header promises more voxels than the file has bytes for; counts are bytes of voxels.
    case missingVoxels(path: String, dimensions: [Int], expected: Int, found: Int)
    /// One file of a `.hdr` and `.img` pair is not there.
    case missingHalf(path: String, partner: String)
    /// No such frame; frames count from 0.
    case noSuchFrame(path: String, frame: Int, count: Int)
    /// Some voxels of the frame are NaN, infinite, or too large for float32.
    case nonFiniteVoxels(path: String, count: Int)
    /// A voxel of a label file is not an integer of 32 bits; `position` is x, y, z from 0.
    case notAnInteger(path: String, position: [Int], value: Double)
    /// Voxels were asked for as a type that the file does not store.
    case otherDatatype(path: String, expected: NIfTIDatatype, found: NIfTIDatatype)
}
