import CDeflate
import CZlib
import Files
import Foundation

/// Functions for gzip streams of whole files, using libdeflate; checksums are verified.
enum Gzip {
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b }

    /// Deflate cannot shrink data more than 1032-fold.
    static func longestContent(ofFile size: Int) -> Int {
        let (product, overflow) = size.multipliedReportingOverflow(by: 1032)
        return overflow ? .max : product
    }

    /// Inflates a gzip file of one or more members; zero bytes after the last one are padding. Returns nil if there are
    /// more than `limit` bytes.
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

    /// Compresses `bytes` to a gzip file of one member. Level 1 is fastest, 12 smallest.
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

/// A reader of a gzip file's content from its beginning, piece by piece, in little memory: for the first bytes of a
/// file, and for files whose content is not what their header promises.
///
/// Several members can follow each other, and zero bytes after the last one are padding. Checksums are verified as far
/// as the content is read. `Gzip` is faster if the total length is known.
struct GzipReader: ~Copyable {
    private let url: URL
    /// zlib keeps the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// Where the next piece of the file begins.
    private var position = 0
    private var state = State.member

    private enum State {
        /// Inside a member, or at the beginning of the first.
        case member
        /// After a member.
        case between
        /// At the end of the file.
        case end
    }

    /// The longest run of zeros at the end of a file that counts as padding, in bytes.
    private static let longestPadding = 1 << 26

    /// Creates a reader of the file `url`.
    init(_ url: URL) {
        self.url = url
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: 1 << 16, alignment: 1)
        // 15 bits of window, the most a gzip file can have, and 16 for gzip's own header.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib is the one this was built with, and there are some kB of memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Fills `output` with the next bytes of the content of `file`.
    ///
    /// - Returns: the number of bytes read, less than the size of `output` only at the end.
    /// - Throws: `NIfTIError.damagedGzip`, `cannotRead`.
    mutating func read(
        _ file: borrowing OpenFile, into output: UnsafeMutableRawBufferPointer
    ) throws(NIfTIError) -> Int {
        var count = 0
        while count < output.count, state != .end {
            if stream.pointee.avail_in == 0, try !refill(file) {
                guard state == .between else { throw .damagedGzip(path: url.relativePath) }
                state = .end
                break
            }
            if state == .between {
                guard stream.pointee.next_in.pointee != 0 else {
                    try skipPadding(file)
                    state = .end
                    break
                }
                inflateReset(stream)
                state = .member
            }
            let room = min(output.count - count, 1 << 30)
            stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self) + count
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_NO_FLUSH)
            count += room - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: state = .between
            default: throw .damagedGzip(path: url.relativePath)
            }
        }
        return count
    }

    /// Reads the next piece of the file, or returns false at its end.
    private mutating func refill(_ file: borrowing OpenFile) throws(NIfTIError) -> Bool {
        let count: Int
        do throws(FileError) { count = try file.read(into: input, at: position) } catch {
            throw NIfTIError(error)
        }
        position += count
        stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }

    private mutating func skipPadding(_ file: borrowing OpenFile) throws(NIfTIError) {
        let start = position
        repeat {
            let rest = UnsafeBufferPointer(
                start: stream.pointee.next_in, count: Int(stream.pointee.avail_in))
            guard rest.allSatisfy({ $0 == 0 }), position - start <= Self.longestPadding else {
                throw .damagedGzip(path: url.relativePath)
            }
        } while try refill(file)
    }
}
