import Files
import Foundation
import Imaging

extension TIFFFile {
    /// Writes uncompressed gray pages of 8 or 16 bits atomically.
    ///
    /// - Parameters:
    ///   - samples: x fastest, row 0 at the top, then pages; as many as `extent` has.
    ///   - extent: columns, rows and pages.
    ///   - url: the file to write.
    /// - Throws: `TIFFError.file` if the file cannot be written, `tooLarge` above 4 GB, the limit of TIFF.
    public static func write<Sample: FixedWidthInteger & UnsignedInteger>(
        _ samples: [Sample], extent: Extent, to url: URL
    ) throws(TIFFError) {
        precondition(Sample.bitWidth == 8 || Sample.bitWidth == 16, "samples of 8 or 16 bits")
        precondition(samples.count == extent.count, "as many samples as the pages have")
        let size = extent.sliceCount * Sample.bitWidth / 8
        guard extent.depth * (size + 256) < Int(UInt32.max) else {
            throw .tooLarge(path: url.relativePath, width: extent.width, height: extent.height * extent.depth)
        }
        var file = Bytes()
        file.append(UInt16(0x4949))
        file.append(UInt16(42))
        file.append(UInt32(8))
        for page in 0..<extent.depth {
            // A page is its directory, then its samples. Directories begin at even addresses.
            let tags: [(tag: UInt16, value: Int)] = [
                (256, extent.width), (257, extent.height), (258, Sample.bitWidth), (259, 1), (262, 1),
                (273, file.count + 2 + 9 * 12 + 4), (277, 1), (278, extent.height), (279, size),
            ]
            file.append(UInt16(tags.count))
            for (tag, value) in tags {
                file.append(tag)
                file.append(UInt16(4))
                file.append(UInt32(1))
                file.append(UInt32(value))
            }
            let end = file.count + 4 + size
            file.append(UInt32(page == extent.depth - 1 ? 0 : end + end % 2))
            for sample in samples[page * extent.sliceCount..<(page + 1) * extent.sliceCount] {
                file.append(sample)
            }
            if end % 2 == 1 { file.append(UInt8(0)) }
        }
        do { try AtomicFile.write(file.bytes, to: url) } catch { throw .file(error) }
    }

    private struct Bytes {
        var bytes: [UInt8] = []
        var count: Int { bytes.count }

        mutating func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}

/// An error in reading or writing a TIFF file.
public enum TIFFError: Error, Sendable, Hashable {
    /// The file could not be read or written.
    case file(FileError)
    /// The file does not begin like a TIFF.
    case notTIFF(path: String)
    /// The file is damaged or ends early; `reason` is libtiff's.
    case corrupt(path: String, reason: String)
    /// The file is an unsupported kind of TIFF, such as CMYK.
    case unsupported(path: String, reason: String)
    /// A page claims a width or height of 0.
    case noPixels(path: String, width: Int, height: Int)
    /// A page claims more pixels than `Limits.values` allows.
    case tooLarge(path: String, width: Int, height: Int)
    /// All pages together claim more pixels than `Limits.values` allows.
    case stackTooLarge(path: String, width: Int, height: Int, pages: Int)
    /// The file has fewer pages.
    case noSuchPage(path: String, page: Int, count: Int)
    /// There is not enough memory for the picture.
    case noMemory(path: String)
}

extension TIFFError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .file(let error):
            "\(error.path) \(error.reason)."
        case .notTIFF(let path):
            "\(path) is not a TIFF file despite its name; rename it to match its format, or save it as TIFF."
        case .corrupt(let path, let reason):
            "\(path) is damaged or cut off (libtiff: \(Self.trimmed(reason))); copy or download it again."
        case .unsupported(let path, let reason):
            "\(path) is a kind of TIFF that is not supported: \(reason); save it as 8- or 16-bit gray or RGB."
        case .noPixels(let path, let width, let height):
            "\(path) contains no picture: its header says \(width) × \(height) pixels; export it again."
        case .tooLarge(let path, let width, let height):
            "\(path) claims to have \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million values "
                + "can be read, counting every channel; split it into smaller pictures."
        case .stackTooLarge(let path, let width, let height, let pages):
            "\(path) has \(pages) pages of \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million "
                + "values can be read, counting every channel; split it into smaller stacks."
        case .noSuchPage(let path, let page, let count):
            "\(path) has \(count) page\(count == 1 ? "" : "s"), but page \(page + 1) is needed; check that the file is complete."
        case .noMemory(let path):
            "\(path) does not fit in memory; close other programs or use smaller pictures."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }

    private static func trimmed(_ reason: String) -> String {
        reason.isEmpty ? "no reason given" : reason.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
    }
}
