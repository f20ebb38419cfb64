import CPNG
import Files
import Foundation
import Imaging

extension PNGImage {
    /// Bytes that a file may have beyond those of its picture, for texts, color profiles and the like: 64 MiB.
    private static let surplus = 1 << 26

    /// Reads a PNG file of any kind.
    ///
    /// - Throws: `PNGError` where the file cannot be read, is no PNG, ends early, is damaged, or claims no pixels or
    ///   more values than `Limits.values`.
    public init(contentsOf file: URL) throws(PNGError) {
        // The header first: it says how many bytes are worth reading.
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

    /// Reads a PNG file, of which `page` can be 0 or nil only.
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
        // Deflate cannot shrink data more than 1032-fold: what this file cannot hold gets no memory.
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
        case 0: format = .grey
        case 2: format = .rgb
        case 3:
            let colours = withUnsafeBytes(of: info.palette) { palette in
                (0..<Int(info.palette_count)).map {
                    RGB(palette[3 * $0], palette[3 * $0 + 1], palette[3 * $0 + 2])
                }
            }
            format = .palette(colours)
        case 4: format = .greyAlpha
        default: format = .rgba
        }
        let samples = Array(UnsafeBufferPointer(start: decoded, count: width * height * format.channels))
        self.init(unchecked: width, height, format, Int(info.bit_depth), samples)
    }

    /// Writes the picture, whole or not at all.
    public func write(to file: URL) throws(PNGError) {
        let data = try encoded(path: file.relativePath)
        do { try AtomicFile.write(data, to: file) } catch { throw .file(error) }
    }

    /// The bytes of the PNG file; `path` names it in errors.
    public func encoded(path: String = "the picture") throws(PNGError) -> Data {
        var info = cpng_info()
        info.width = UInt32(width)
        info.height = UInt32(height)
        info.bit_depth = UInt8(bitDepth)
        info.channels = UInt8(format.channels)
        switch format {
        case .grey: info.color_type = 0
        case .rgb: info.color_type = 2
        case .greyAlpha: info.color_type = 4
        case .rgba: info.color_type = 6
        case .palette(let colours):
            info.color_type = 3
            info.palette_count = UInt16(colours.count)
            withUnsafeMutableBytes(of: &info.palette) { palette in
                for (index, colour) in colours.enumerated() {
                    palette[3 * index] = colour.red
                    palette[3 * index + 1] = colour.green
                    palette[3 * index + 2] = colour.blue
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
