import Foundation

/// A NIfTI image in memory: its header, and its voxels as the file stores them.
///
/// Voxels run x fastest, then y, z and frames. They are converted when asked for, one frame at a time, so that an
/// image that is only read and written again keeps every bit.
public struct NIfTIImage: Sendable {
    /// The header. Its grid and datatype are those of the voxels and cannot be changed.
    public var header: NIfTIHeader
    /// A file's bytes or voxels alone; voxels begin at `start`, in the header's datatype and byte order.
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

    /// Voxels as stored, of all frames.
    var voxelBytes: ArraySlice<UInt8> {
        storage[start..<start + header.frameVoxelCount * header.frameCount * header.datatype.size]
    }
}
