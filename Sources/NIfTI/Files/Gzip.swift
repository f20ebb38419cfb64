import CDeflate
import Foundation

/// Gzip streams of whole files through libdeflate, checksums verified.
enum Gzip {
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b }

    /// The content of a gzip file of one or more members; zero bytes after the last one are padding.
    ///
    /// The last four bytes of the file tell how long the last member is, modulo 2³², which is the whole content of
    /// nearly every file, so that one buffer of the right size does. Where they say too little (several
    /// members, more than 4 GiB, padding) the buffer is enlarged fourfold and the work begins again.
    static func inflate(_ bytes: [UInt8], from url: URL) throws(NIfTIError) -> [UInt8] {
        guard bytes.count >= 18, let decompressor = libdeflate_alloc_decompressor() else {
            throw .damagedGzip(path: url.relativePath)
        }
        defer { libdeflate_free_decompressor(decompressor) }
        let trailer = bytes.withUnsafeBytes {
            Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)))
        }
        // The trailer of a cut-off file is any number: it gets memory on trust only up to a size that cannot hurt.
        var capacity = max(min(trailer, max(16 * bytes.count, 1 << 26)), 1024)
        // Deflate cannot shrink data more than 1032-fold.
        let largest = 1032 * bytes.count + 1024
        while true {
            var result = LIBDEFLATE_SUCCESS
            let content = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                bytes.withUnsafeBytes { input in
                    result = inflateMembers(
                        decompressor, input, UnsafeMutableRawBufferPointer(output), &count)
                }
            }
            if result == LIBDEFLATE_SUCCESS { return content }
            guard result == LIBDEFLATE_INSUFFICIENT_SPACE, capacity < largest else {
                throw .damagedGzip(path: url.relativePath)
            }
            capacity = min(max(capacity * 4, min(trailer, capacity * 16)), largest)
        }
    }

    private static func inflateMembers(
        _ decompressor: OpaquePointer, _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        _ count: inout Int
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
