import Foundation

/// A NIfTI image in memory: its header, and its voxels as the file stores them.
///
/// Voxels run x fastest, then y, z and frames. They are converted on demand, one frame at a time, so that an image that
/// is only read and written again keeps every bit.
public struct NIfTIImage: Sendable {
    /// The header. Its grid and datatype are those of the voxels and cannot be changed.
    public var header: NIfTIHeader
    /// The bytes of a file, or of voxels alone; voxels begin at `start`, in the header's datatype and byte order.
    let storage: [UInt8]
    let start: Int

    init(header: NIfTIHeader, storage: [UInt8], start: Int) {
        self.header = header
        self.storage = storage
        self.start = start
    }

    /// Voxels along x, y, z and, for a series, frames, without trailing ones after the third.
    public var dimensions: [Int] { header.dimensions }

    /// Frames of the series, 1 for a 2D or 3D image.
    public var frameCount: Int { header.frameCount }

    /// The voxels of all frames as stored.
    var voxelBytes: ArraySlice<UInt8> {
        storage[start..<start + header.frameVoxelCount * header.frameCount * header.datatype.size]
    }
}

extension NIfTIImage {
    /// Creates labels on the grid of `header`: a uint8 image, 2D or 3D unless there are several frames.
    ///
    /// Dimensions, pixdim, qform, sform, units, description and extensions are kept byte for byte; if the header has
    /// another number of frames, only its fourth dimension changes. Slope is 1, intercept 0; display range and intent
    /// are cleared.
    ///
    /// - Parameters:
    ///   - labels: one per voxel, x fastest, then y, z and frames.
    ///   - frames: the number of frames in `labels`.
    ///   - header: of the scan that the labels belong to.
    public init(labels: [UInt8], frames: Int = 1, like header: NIfTIHeader) {
        precondition(frames > 0, "at least one frame")
        precondition(labels.count == header.frameVoxelCount * frames, "a label for every voxel of the frames")
        self.init(header: header.derived(datatype: .uint8, frames: frames), storage: labels, start: 0)
    }

    /// Creates an image of float32 values on the grid of `header`, such as probabilities: 4D if there are several
    /// channels.
    ///
    /// The header is kept as in `init(labels:frames:like:)`.
    ///
    /// - Parameters:
    ///   - floats: x fastest, then y, z, and the channel slowest.
    ///   - channels: values per voxel; they become the fourth dimension.
    ///   - header: of the scan that the values belong to.
    public init(floats: [Float], channels: Int = 1, like header: NIfTIHeader) {
        precondition(channels > 0, "at least one channel")
        precondition(
            floats.count == header.frameVoxelCount * channels, "as many values as voxels and channels")
        let derived = header.derived(datatype: .float32, frames: channels)
        self.init(header: derived, storage: Self.bytes(of: floats, swapped: derived.isSwapped), start: 0)
    }

    /// Creates a new image; see `NIfTIHeader.init(dimensions:spacing:datatype:version:byteOrder:)` for its geometry.
    ///
    /// - Parameters:
    ///   - voxels: x fastest, then y, z and frames.
    ///   - dimensions: voxels along x, y, z, and frames: two to four numbers.
    ///   - spacing: mm along x, y, z, and seconds between frames.
    ///   - version: of the standard; NIfTI-1 is limited to 32,767 voxels per dimension.
    public init<T: NIfTIScalar>(
        voxels: [T], dimensions: [Int], spacing: [Double], version: NIfTIHeader.Version = .one
    ) {
        self.init(
            voxels: voxels,
            header: NIfTIHeader(
                dimensions: dimensions, spacing: spacing, datatype: T.niftiDatatype, version: version))
    }

    /// Creates an image of `voxels`, as they are to be stored, with `header`, which must have their datatype.
    public init<T: NIfTIScalar>(voxels: [T], header: NIfTIHeader) {
        precondition(header.datatype == T.niftiDatatype, "the header's datatype is that of the voxels")
        precondition(
            voxels.count == header.frameVoxelCount * header.frameCount, "as many voxels as the header says")
        self.init(header: header, storage: Self.bytes(of: voxels, swapped: header.isSwapped), start: 0)
    }

    /// Returns the bytes of `values` in this machine's order, or the other one.
    private static func bytes<T: NIfTIScalar>(of values: [T], swapped: Bool) -> [UInt8] {
        guard swapped else { return values.withUnsafeBytes { Array($0) } }
        let size = MemoryLayout<T>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { output, count in
            let output = UnsafeMutableRawBufferPointer(output)
            for (index, value) in values.enumerated() {
                output.storeBytes(
                    of: value.niftiBits.byteSwapped, toByteOffset: index * size, as: T.NIfTIBits.self)
            }
            count = output.count
        }
    }
}

extension NIfTIImage {
    /// Returns one frame of a series as a 3D image of its own: voxels, datatype and scaling as the series stores them,
    /// and a header with the same geometry, byte for byte.
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
