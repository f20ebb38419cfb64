/// CRC-32, as PNG and gzip have it.
enum CRC32 {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
}

/// The check sums of a PNG file's chunks.
enum PNGChecksums {
    /// Writes the right check sum behind every chunk that is whole.
    static func mend(_ file: inout [UInt8]) {
        var start = 8
        while start + 12 <= file.count {
            let length = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= file.count - start - 12 else { return }
            let crc = CRC32.of(file[start + 4..<start + 8 + length])
            for place in 0..<4 {
                file[start + 8 + length + place] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(place)))
            }
            start += 12 + length
        }
    }
}

/// Gzip files with stored blocks (RFC 1951 and 1952).
enum GzipMembers {
    /// `content` in members of `size` bytes, and zeros behind them.
    static func of(_ content: ArraySlice<UInt8>, size: Int, padding: Int) -> [UInt8] {
        var file: [UInt8] = []
        var rest = content
        repeat {
            let piece = rest.prefix(min(size, 65535))
            file += [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1]
            let length = UInt16(piece.count)
            for number in [length, ~length] { withUnsafeBytes(of: number.littleEndian) { file += $0 } }
            file += piece
            for number in [CRC32.of(piece), UInt32(piece.count)] {
                withUnsafeBytes(of: number.littleEndian) { file += $0 }
            }
            rest = rest.dropFirst(piece.count)
        } while !rest.isEmpty
        return file + [UInt8](repeating: 0, count: padding)
    }
}
