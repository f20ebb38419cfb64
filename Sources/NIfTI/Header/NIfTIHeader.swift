import Foundation

/// A NIfTI-1 or NIfTI-2 header, kept as the bytes of the file in the file's own byte order.
///
/// Properties read and write single fields of those bytes, so that everything that is not changed stays byte for byte:
/// pixdim, qform, sform, units, and fields this library has no name for. A header that comes from a file or from an
/// initializer here is valid: its dimensions are positive and fit into memory, and its datatype is readable.
public struct NIfTIHeader: Sendable, Hashable {
    /// The two versions of the standard.
    public enum Version: Int, Sendable, Hashable, CaseIterable {
        /// 348 bytes, dimensions up to 32,767.
        case one = 1
        /// 540 bytes, 64-bit dimensions, float64 geometry.
        case two = 2

        /// The size of a header in bytes.
        public var headerSize: Int { self == .one ? 348 : 540 }
    }

    /// The order of the bytes in a number.
    public enum ByteOrder: Sendable, Hashable, CaseIterable {
        /// Least significant byte first.
        case little
        /// Most significant byte first.
        case big

        /// The order of this machine.
        public static var native: ByteOrder { Int16(1).littleEndian == 1 ? .little : .big }
    }

    /// NIfTI-1 or NIfTI-2.
    public let version: Version
    /// The byte order of the header and the voxels in the file.
    public let byteOrder: ByteOrder
    /// The header as stored in the file, 348 or 540 bytes.
    public internal(set) var bytes: [UInt8]
    /// The bytes between the header and the voxels: four flag bytes, then the extensions.
    var extensionBytes: [UInt8]
    /// The file that the header was read from, for error messages; nil for a header made in memory.
    public internal(set) var source: URL?

    /// The name of the file for error messages.
    var path: String { source?.relativePath ?? "this image" }
}

extension NIfTIHeader {
    /// Creates a header without extensions.
    ///
    /// The units are mm and seconds. The sform is diag(−spacing x, −spacing y, spacing z), code 1 (scanner): x
    /// runs to the patient's left and y to the back, as in ACDC, but in true millimeters, so that programs that
    /// trust the affine and programs that trust pixdim agree. The qform code is 0.
    ///
    /// - Parameters:
    ///   - dimensions: voxels along x, y, z and, for a series, frames: two to four numbers, at least 1 each; at
    ///     most 32,767 in NIfTI-1 (a precondition).
    ///   - spacing: mm between voxel centers along x, y, z, and seconds between frames: at most four numbers; missing
    ///     ones are 1. A 2D image can have a third, the thickness of the slice.
    ///   - datatype: how a voxel is stored.
    ///   - version: of the standard.
    ///   - byteOrder: of the file; every program reads little-endian files.
    public init(
        dimensions: [Int], spacing: [Double], datatype: NIfTIDatatype, version: Version = .one,
        byteOrder: ByteOrder = .little
    ) {
        precondition((2...4).contains(dimensions.count), "a NIfTI image has two to four dimensions")
        precondition(dimensions.allSatisfy { $0 > 0 }, "every dimension is at least 1")
        precondition(version == .two || dimensions.allSatisfy { $0 <= 32_767 }, "NIfTI-1 ends at 32,767")
        precondition(spacing.count <= 4, "a spacing is x, y, z and frames")
        self.version = version
        self.byteOrder = byteOrder
        bytes = [UInt8](repeating: 0, count: version.headerSize)
        extensionBytes = [0, 0, 0, 0]
        store(version.headerSize, in: .headerSize)
        if version == .one { bytes[38] = UInt8(ascii: "r") }
        for axis in 0...7 { store(1, in: .dim, at: axis) }
        store(dimensions.count, in: .dim)
        for (axis, count) in dimensions.enumerated() { store(count, in: .dim, at: axis + 1) }
        store(1.0, in: .pixdim)
        for axis in 0..<max(dimensions.count, spacing.count) {
            store(axis < spacing.count ? spacing[axis] : 1, in: .pixdim, at: axis + 1)
        }
        self.datatype = datatype
        store(1.0, in: .slope)
        store(Int(0b1010), in: .units)
        for (axis, sign) in [-1.0, -1.0, 1.0].enumerated() {
            store(sign * (axis < spacing.count ? spacing[axis] : 1), in: .sform, at: axis * 5)
        }
        store(1, in: .sformCode)
        setContainer(.single)
    }
}

/// Whether header and voxels share one file.
enum NIfTIContainer: Sendable {
    /// One `.nii` file.
    case single
    /// A `.hdr` and an `.img` file.
    case pair
}

extension NIfTIHeader {
    /// Returns the magic bytes of a version and container: 4 in NIfTI-1, 8 in NIfTI-2.
    static func magic(_ version: Version, _ container: NIfTIContainer) -> [UInt8] {
        let letter = UInt8(ascii: container == .single ? "+" : "i")
        switch version {
        case .one: return [UInt8(ascii: "n"), letter, UInt8(ascii: "1"), 0]
        // The line ends reveal a transfer as text.
        case .two: return [UInt8(ascii: "n"), letter, UInt8(ascii: "2"), 0, 0x0d, 0x0a, 0x1a, 0x0a]
        }
    }

    /// The place of the magic bytes.
    var magicRange: Range<Int> { version == .one ? 344..<348 : 4..<12 }

    /// Whether the header belongs to one file or to a pair, by its magic.
    var container: NIfTIContainer { bytes[magicRange.lowerBound + 1] == UInt8(ascii: "+") ? .single : .pair }

    /// The first byte of the voxels in the file that holds them.
    var voxelOffset: Int {
        let offset = integer(.voxelOffset)
        return offset == 0 && container == .single ? version.headerSize + 4 : offset
    }

    /// Makes this the header of a `container`: changes its magic and its voxel offset, and nothing else.
    mutating func setContainer(_ container: NIfTIContainer) {
        bytes.replaceSubrange(magicRange, with: Self.magic(version, container))
        let offset = container == .pair ? 0 : version.headerSize + extensionBytes(for: .single).count
        store(offset, in: .voxelOffset)
    }
}
