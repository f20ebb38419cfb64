/// Whether header and voxels share a file.
enum NIfTIContainer: Sendable {
    /// One `.nii` file.
    case single
    /// A `.hdr` and an `.img` file.
    case pair
}

extension NIfTIHeader {
    /// The magic bytes of a version and container: 4 in NIfTI-1, 8 in NIfTI-2.
    static func magic(_ version: Version, _ container: NIfTIContainer) -> [UInt8] {
        let letter = UInt8(ascii: container == .single ? "+" : "i")
        switch version {
        case .one: return [UInt8(ascii: "n"), letter, UInt8(ascii: "1"), 0]
        // The line ends betray a transfer as text.
        case .two: return [UInt8(ascii: "n"), letter, UInt8(ascii: "2"), 0, 0x0d, 0x0a, 0x1a, 0x0a]
        }
    }

    /// Where the magic stands.
    var magicRange: Range<Int> { version == .one ? 344..<348 : 4..<12 }

    /// Whether the header belongs to one file or to a pair, by its magic.
    var container: NIfTIContainer { bytes[magicRange.lowerBound + 1] == UInt8(ascii: "+") ? .single : .pair }

    /// The first byte of the voxels in the file that holds them.
    var voxelOffset: Int {
        let offset = integer(.voxelOffset)
        return offset == 0 && container == .single ? version.headerSize + 4 : offset
    }

    /// Makes the header one of `container`: its magic and its voxel offset, and nothing else.
    mutating func setContainer(_ container: NIfTIContainer) {
        bytes.replaceSubrange(magicRange, with: Self.magic(version, container))
        let offset = container == .pair ? 0 : version.headerSize + extensionBytes(for: .single).count
        store(offset, in: .voxelOffset)
    }
}
