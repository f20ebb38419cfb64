import CDeflate
import Foundation

/// Gzip streams of whole files through libdeflate, checksums verified.
enum Gzip {
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b }

    /// Deflate cannot shrink data more than 1032-fold.
    static func longestContent(ofFile size: Int) -> Int {
        let (product, overflow) = size.multipliedReportingOverflow(by: 1032)
        return overflow ? .max : product
    }

    /// The content of a gzip file of one or more members; zero bytes after the last one are padding. Nil where there
    /// are more than `limit` bytes.
    ///
    /// - Throws: `NIfTIError.damagedGzip`.
    static func inflate(_ bytes: [UInt8], limit: Int, from url: URL) throws(NIfTIError) -> [UInt8]? {
        guard bytes.count >= 18, let decompressor = libdeflate_alloc_decompressor() else {
            throw .damagedGzip(path: url.relativePath)
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var result = LIBDEFLATE_SUCCESS
        let content = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
            bytes.withUnsafeBytes { input in
                result = inflateMembers(decompressor, input, UnsafeMutableRawBufferPointer(output), &count)
            }
        }
        switch result {
        case LIBDEFLATE_SUCCESS: return content
        case LIBDEFLATE_INSUFFICIENT_SPACE: return nil
        default: throw .damagedGzip(path: url.relativePath)
        }
    }

    private static func inflateMembers(
        _ decompressor: OpaquePointer, _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer, _ count: inout Int
    ) -> libdeflate_result {
        var position = 0
        repeat {
            var read = 0
            var written = 0
            let result = libdeflate_gzip_decompress_ex(
                decompressor, input.baseAddress! + position, input.count - position,
                output.baseAddress! + count, output.count - count, &read, &written)
            guard result == LIBDEFLATE_SUCCESS else { return result }
            position += read
            count += written
        } while position < input.count && !input[position...].allSatisfy { $0 == 0 }
        return LIBDEFLATE_SUCCESS
    }

    /// `bytes` as a gzip file of one member. Level 1 is fastest, 12 smallest.
    static func deflate(_ bytes: [UInt8], level: Int) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(Int32(level)) else {
            preconditionFailure("compression level \(level) is not 1 to 12, or memory has run out")
        }
        defer { libdeflate_free_compressor(compressor) }
        let bound = libdeflate_gzip_compress_bound(compressor, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = libdeflate_gzip_compress(compressor, bytes, bytes.count, output.baseAddress!, bound)
            precondition(count > 0, "libdeflate promises that its own bound is enough")
        }
    }
}
