import CZlib
import Files
import Foundation

/// The content of a gzip file from its beginning, piece by piece, in little memory: for the first bytes of a file, and
/// for files whose content is not what their header promises.
///
/// Members may follow each other, and zero bytes after the last one are padding. Check sums are verified as far as the
/// content is read. `Gzip` is faster where the length of the whole is known.
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
        /// Behind a member.
        case between
        /// At the end of the file.
        case end
    }

    /// More zeros than this at the end of a file are no padding.
    private static let longestPadding = 1 << 26

    /// A reader of the file `url`.
    init(_ url: URL) {
        self.url = url
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: 1 << 16, alignment: 1)
        // 15 bits of window, as every gzip file has at most, and 16 for gzip's own header.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib is the one this was built with, and there are some kB of memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Fills `output` with what comes next of the content of `file`.
    ///
    /// - Returns: how many bytes there were; fewer than there is room for only at the end.
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

    /// Reads the next piece of the file; false at its end.
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
