import Files
import Foundation

extension PNGImage {
    /// The beginning of a PNG file.
    struct Header {
        var width: Int
        var height: Int
        /// Red, green and blue; a palette is none.
        var isColour: Bool
        /// Whether pixels have opacity.
        var hasOpacity: Bool

        /// Reads the first bytes of `file`; the rest may be damaged.
        init(contentsOf file: URL) throws(PNGError) {
            let bytes: [UInt8]
            do { bytes = try FileContents.bytes(file, limit: Self.size) } catch { throw .file(error) }
            try self.init(bytes: bytes, path: file.relativePath)
        }

        /// - Throws: `PNGError` where the bytes are no PNG's, end early, or claim no pixels or more than 2²⁸.
        init(bytes: [UInt8], path: String) throws(PNGError) {
            let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            guard !bytes.isEmpty, signature.starts(with: bytes.prefix(8)) else { throw .notPNG(path: path) }
            guard bytes.count >= Self.size else { throw .truncated(path: path) }
            // libpng rejects such headers too, but in words that do not help.
            func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
            (width, height) = (number(at: 16), number(at: 20))
            guard width > 0 && height > 0 else { throw .noPixels(path: path, width: width, height: height) }
            guard width * height <= PNGImage.maximumPixels else {
                throw .tooLarge(path: path, width: width, height: height)
            }
            isColour = bytes[25] == 2 || bytes[25] == 6
            hasOpacity = bytes[25] == 4 || bytes[25] == 6
        }

        /// Signature and first chunk.
        private static let size = 33
    }
}
