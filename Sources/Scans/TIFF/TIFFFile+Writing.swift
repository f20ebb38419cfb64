import Files
import Foundation
import Imaging

extension TIFFFile {
    /// Writes gray pages of 8 or 16 bits, uncompressed, whole or not at all.
    ///
    /// - `samples`: x fastest, row 0 at the top, then pages; as many as `extent` has.
    /// - `extent`: columns, rows and pages.
    /// - Throws: `TIFFError.file` where the file cannot be written, `tooLarge` above 4 GB, which is as far as TIFF goes.
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
