import Files
import Foundation
import Imaging

extension PNGImage {
    /// The beginning of a PNG file.
    struct Header {
        var width: Int
        var height: Int
        /// Samples of a pixel.
        var channels: Int
        /// Bits of a sample; any number where the file is damaged.
        var bitDepth: Int
        /// Red, green and blue; a palette is none.
        var isColor: Bool
        /// Whether pixels have opacity.
        var hasOpacity: Bool

        /// Reads the first bytes of `file`; the rest may be damaged.
        init(contentsOf file: URL) throws(PNGError) {
            let bytes: [UInt8]
            do { bytes = try FileContents.bytes(file, limit: Self.size) } catch { throw .file(error) }
            try self.init(bytes: bytes, path: file.relativePath)
        }

        /// - Throws: `PNGError` where the bytes are no PNG's, end early, claim no pixels, or more values than
        ///   `Limits.values`.
        init(bytes: [UInt8], path: String) throws(PNGError) {
            let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            guard !bytes.isEmpty, signature.starts(with: bytes.prefix(8)) else { throw .notPNG(path: path) }
            guard bytes.count >= Self.size else { throw .truncated(path: path) }
            // libpng rejects such headers too, but in words that do not help.
            func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
            (width, height) = (number(at: 16), number(at: 20))
            guard width > 0 && height > 0 else { throw .noPixels(path: path, width: width, height: height) }
            channels = [2: 3, 4: 2, 6: 4][bytes[25]] ?? 1
            guard Limits.allows([width, height, channels]) else {
                throw .tooLarge(path: path, width: width, height: height)
            }
            bitDepth = Int(bytes[24])
            isColor = bytes[25] == 2 || bytes[25] == 6
            hasOpacity = bytes[25] == 4 || bytes[25] == 6
        }

        /// Bytes of the picture before it is compressed.
        var rawSize: Int { (width * channels * min(bitDepth, 16) + 7) / 8 * height }

        /// Signature and first chunk.
        private static let size = 33
    }
}
