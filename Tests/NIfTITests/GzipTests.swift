import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct GzipTests {
    /// A gzip file of one member for each piece of `bytes`, each (RFC 1952 and 1951).
    private func members(_ bytes: [UInt8], pieces: Int) -> [UInt8] {
        let size = (bytes.count + pieces - 1) / pieces
        return stride(from: 0, to: bytes.count, by: size).flatMap { start in
            gzipMember(Array(bytes[start..<min(start + size, bytes.count)]))
        }
    }

    @Test(arguments: [1, 2, 7, 40], [0, 1, 512])
    func severalMembersAndPaddingAreRead(_ pieces: Int, _ padding: Int) throws {
        try withTemporaryDirectory { folder in
            let image = smallImage([32, 32, 8])
            let url = folder.appending(path: "a.nii.gz")
            let plain = try fileBytes(image, in: folder)
            try (members(plain, pieces: pieces) + [UInt8](repeating: 0, count: padding)).write(to: url)
            #expect(try NIfTIImage(contentsOf: url).floats() == image.floats())
        }
    }

    @Test func aFileThatShrinksALotIsRead() throws {
        try withTemporaryDirectory { folder in
            let labels = NIfTIImage(
                voxels: [UInt8](repeating: 2, count: 4_000_000), dimensions: [2000, 2000], spacing: [1, 1])
            let url = folder.appending(path: "a.nii.gz")
            try labels.write(to: url)
            // A second, empty member makes the last length of the file 0.
            var bytes = try [UInt8](Data(contentsOf: url))
            bytes += gzipMember([])
            try bytes.write(to: url)
            #expect(try NIfTIImage(contentsOf: url).integers() == [Int32](repeating: 2, count: 4_000_000))
        }
    }

    @Test func damageAnywhereIsFound() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            let expected =
                "\(url.path) is damaged: its gzip data is cut off or corrupt; copy or download the file again."
            try smallImage([16, 16, 4]).write(to: url)
            let whole = try [UInt8](Data(contentsOf: url))
            func check(_ bytes: [UInt8]) throws {
                try bytes.write(to: url)
                #expect(sentence { _ = try NIfTIImage(contentsOf: url) } == expected)
            }
            for length in [2, 10, 17, 18, whole.count / 2, whole.count - 5, whole.count - 1] {
                try check(Array(whole[..<length]))
            }
            // A voxel's bits, the checksum, the length; and something that is not gzip after the end.
            for offset in [whole.count / 2, whole.count - 8, whole.count - 1] {
                var bytes = whole
                bytes[offset] ^= 0x40
                try check(bytes)
            }
            try check(whole + [7, 7, 7])
            // A header that damage has made one of something else: the file is damaged, not of another kind.
            var early = whole
            for offset in 12..<30 { early[offset] ^= 0x11 }
            try check(early)
            for length in [2, 10, 17, 18] {
                try Array(whole[..<length]).write(to: url)
                #expect(sentence { _ = try NIfTIHeader(contentsOf: url) } == expected)
            }
        }
    }
}

/// One gzip member with one stored block.
func gzipMember(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 1 << 16)
    var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1]
    let length = UInt16(bytes.count)
    for number in [length, ~length] { withUnsafeBytes(of: number.littleEndian) { file += $0 } }
    file += bytes
    for number in [crc32(bytes), UInt32(bytes.count)] {
        withUnsafeBytes(of: number.littleEndian) { file += $0 }
    }
    return file
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
}
