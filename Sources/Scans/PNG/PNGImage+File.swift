import CPNG
import Files
import Foundation
import Imaging

extension PNGImage {
    /// The most bytes in a file beyond those of its picture, for texts, color profiles and the like: 64 MiB.
    private static let surplus = 1 << 26

    /// Reads a PNG file of any kind.
    ///
    /// - Throws: `PNGError` if the file cannot be read, is not a PNG, ends early, is damaged, or claims no pixels or
    ///   more values than `Limits.values`.
    public init(contentsOf file: URL) throws(PNGError) {
        // Read the header first: it tells how many bytes are worth reading.
        let header = try Header(contentsOf: file)
        let bytes: [UInt8]
        do throws(FileError) {
            let opened = try OpenFile(file)
            let limit = header.rawSize + header.rawSize / 8 + header.height + Self.surplus
            guard opened.size <= limit else {
                throw .tooLarge(path: opened.path, size: opened.size, limit: limit)
            }
            bytes = try opened.bytes(count: limit)
        } catch {
            throw .file(error)
        }
        try self.init(bytes: bytes, path: file.relativePath)
    }

    /// Reads a PNG file; `page` can only be 0 or nil.
    static func read(_ file: URL, page: Int?) throws(ScanError) -> PNGImage {
        let picture: PNGImage
        do { picture = try PNGImage(contentsOf: file) } catch { throw .png(error) }
        guard page ?? 0 == 0 else {
            throw .tiff(.noSuchPage(path: file.relativePath, page: page ?? 0, count: 1))
        }
        return picture
    }

    /// Decodes a PNG; `path` names it in errors.
    public init(data: Data, path: String) throws(PNGError) { try self.init(bytes: [UInt8](data), path: path) }

    private init(bytes: [UInt8], path: String) throws(PNGError) {
        let header = try Header(bytes: bytes, path: path)
        let (width, height) = (header.width, header.height)
        // Deflate cannot shrink data more than 1032-fold: no memory is allocated for what this file cannot hold.
        guard header.rawSize / 1032 <= bytes.count else { throw .truncated(path: path) }
        var info = cpng_info()
        var decoded: UnsafeMutablePointer<UInt16>?
        var message = [CChar](repeating: 0, count: 200)
        let status = cpng_read(bytes, bytes.count, &info, &decoded, &message, message.count)
        guard status == Int32(CPNG_OK), let decoded else {
            throw Self.error(status, message: message, path: path)
        }
        defer { cpng_free(decoded) }
        let format: Format
        switch info.color_type {
        case 0: format = .gray
        case 2: format = .rgb
        case 3:
            let colors = withUnsafeBytes(of: info.palette) { palette in
                (0..<Int(info.palette_count)).map {
                    RGB(palette[3 * $0], palette[3 * $0 + 1], palette[3 * $0 + 2])
                }
            }
            format = .palette(colors)
        case 4: format = .grayAlpha
        default: format = .rgba
        }
        let samples = Array(UnsafeBufferPointer(start: decoded, count: width * height * format.channels))
        self.init(unchecked: width, height, format, Int(info.bit_depth), samples)
    }

    /// Writes the picture atomically.
    public func write(to file: URL) throws(PNGError) {
        let data = try encoded(path: file.relativePath)
        do { try AtomicFile.write(data, to: file) } catch { throw .file(error) }
    }

    /// Returns the bytes of the PNG file; `path` names it in errors.
    public func encoded(path: String = "the picture") throws(PNGError) -> Data {
        var info = cpng_info()
        info.width = UInt32(width)
        info.height = UInt32(height)
        info.bit_depth = UInt8(bitDepth)
        info.channels = UInt8(format.channels)
        switch format {
        case .gray: info.color_type = 0
        case .rgb: info.color_type = 2
        case .grayAlpha: info.color_type = 4
        case .rgba: info.color_type = 6
        case .palette(let colors):
            info.color_type = 3
            info.palette_count = UInt16(colors.count)
            withUnsafeMutableBytes(of: &info.palette) { palette in
                for (index, color) in colors.enumerated() {
                    palette[3 * index] = color.red
                    palette[3 * index + 1] = color.green
                    palette[3 * index + 2] = color.blue
                }
            }
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: 200)
        let status = cpng_write(&info, samples, &bytes, &count, &message, message.count)
        guard status == Int32(CPNG_OK), let bytes else {
            throw Self.error(status, message: message, path: path)
        }
        defer { cpng_free(bytes) }
        return Data(bytes: bytes, count: count)
    }

    private static func error(_ status: Int32, message: [CChar], path: String) -> PNGError {
        switch Int(status) {
        case CPNG_TRUNCATED: .truncated(path: path)
        case CPNG_NO_MEMORY: .noMemory(path: path)
        default:
            .corrupt(
                path: path,
                reason: String(
                    decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }
}

extension PNGImage {
    /// The beginning of a PNG file.
    struct Header {
        var width: Int
        var height: Int
        /// Samples per pixel.
        var channels: Int
        /// Bits per sample; any number if the file is damaged.
        var bitDepth: Int
        /// Whether pixels are red, green and blue; false for a palette.
        var isColor: Bool
        /// Whether pixels have opacity.
        var hasOpacity: Bool

        /// Reads the first bytes of `file`; the rest can be damaged.
        init(contentsOf file: URL) throws(PNGError) {
            let bytes: [UInt8]
            do { bytes = try FileContents.bytes(file, limit: Self.size) } catch { throw .file(error) }
            try self.init(bytes: bytes, path: file.relativePath)
        }

        /// - Throws: `PNGError` if the bytes are not those of a PNG, end early, claim no pixels, or more values than
        ///   `Limits.values`.
        init(bytes: [UInt8], path: String) throws(PNGError) {
            let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            guard !bytes.isEmpty, signature.starts(with: bytes.prefix(8)) else { throw .notPNG(path: path) }
            guard bytes.count >= Self.size else { throw .truncated(path: path) }
            // libpng rejects such headers too, but with unhelpful messages.
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

        /// The size of the uncompressed picture in bytes.
        var rawSize: Int { (width * channels * min(bitDepth, 16) + 7) / 8 * height }

        /// The size of the signature and the first chunk.
        private static let size = 33
    }
}
