/// A block of another program's data in the header, such as DICOM fields or a comment.
public struct NIfTIExtension: Sendable, Hashable {
    /// The program or format that understands it: 2 is DICOM, 4 AFNI, 6 a comment, 44 MATLAB, and so on.
    public var code: Int32
    /// The content, with the zero bytes that pad it to a multiple of 16 less 8.
    public var data: [UInt8]

    /// Creates an extension of `data`; zero bytes are added when it is stored.
    public init(code: Int32, data: [UInt8]) {
        self.code = code
        self.data = data
    }
}

extension NIfTIHeader {
    /// The header's extensions, in order. Reading stops at the first one with an impossible size.
    public var extensions: [NIfTIExtension] {
        get {
            extensionRanges.map { range in
                NIfTIExtension(
                    code: extensionNumber(at: range.lowerBound + 4),
                    data: Array(extensionBytes[range.lowerBound + 8..<range.upperBound]))
            }
        }
        set {
            extensionBytes = [newValue.isEmpty ? 0 : 1, 0, 0, 0]
            for block in newValue {
                let size = (block.data.count + 8 + 15) / 16 * 16
                for number in [Int32(size), block.code] {
                    let ordered = byteOrder == .little ? number.littleEndian : number.bigEndian
                    withUnsafeBytes(of: ordered) { extensionBytes.append(contentsOf: $0) }
                }
                extensionBytes += block.data
                extensionBytes += [UInt8](repeating: 0, count: size - 8 - block.data.count)
            }
        }
    }

    /// The range of each extension in `extensionBytes`, including its 8 bytes of size and code.
    private var extensionRanges: [Range<Int>] {
        guard let flag = extensionBytes.first, flag != 0 else { return [] }
        var ranges: [Range<Int>] = []
        var start = 4
        while start + 8 <= extensionBytes.count {
            let size = Int(extensionNumber(at: start))
            guard size >= 8, size <= extensionBytes.count - start else { break }
            ranges.append(start..<start + size)
            start += size
        }
        return ranges
    }

    private func extensionNumber(at offset: Int) -> Int32 {
        let number = extensionBytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset, as: Int32.self)
        }
        return isSwapped ? number.byteSwapped : number
    }

    /// Returns the bytes that follow the header in a file of `container`: in a single file as they were read, padded so
    /// that voxels start at a multiple of 16; in a `.hdr` without the padding after the last extension.
    func extensionBytes(for container: NIfTIContainer) -> [UInt8] {
        var bytes = extensionBytes
        while bytes.count < 4 { bytes.append(0) }
        switch container {
        case .single:
            let excess = (version.headerSize + bytes.count) % 16
            if excess > 0 { bytes += [UInt8](repeating: 0, count: 16 - excess) }
        case .pair:
            let end = extensionRanges.last?.upperBound ?? 4
            if bytes[end...].allSatisfy({ $0 == 0 }) { bytes.removeSubrange(end...) }
        }
        return bytes
    }
}
