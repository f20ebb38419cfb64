import Files
import Foundation

/// The content of a file, inflated if it is gzipped, and read in the pieces that are asked for.
struct NIfTIContent: ~Copyable {
    private let url: URL
    private let file: OpenFile
    private let isGzip: Bool

    /// How far a file can continue after its last voxel: as many bytes as its voxels take, or 64 MB if that is more.
    /// Such files exist; if the voxels are a tiny part of a file, its header is wrong.
    private static let surplus = 1 << 26
    /// The surplus tolerated without leaving the fast path.
    private static let slack = 1 << 16

    /// Opens `url`.
    ///
    /// - Throws: `NIfTIError.cannotRead` and `notRegular`.
    init(_ url: URL) throws(NIfTIError) {
        let file = try Self.open(url)
        let start = try Self.bytes(of: file, count: 2)
        self.url = url
        self.file = file
        isGzip = Gzip.isGzip(start)
    }

    private static func open(_ url: URL) throws(NIfTIError) -> OpenFile {
        do throws(FileError) { return try OpenFile(url) } catch { throw NIfTIError(error) }
    }

    private static func bytes(
        of file: borrowing OpenFile, at offset: Int = 0, count: Int
    ) throws(NIfTIError) -> [UInt8] {
        do throws(FileError) { return try file.bytes(at: offset, count: count) } catch {
            throw NIfTIError(error)
        }
    }

    /// Returns the first `count` bytes, or all of them if there are fewer.
    ///
    /// - Throws: `NIfTIError.cannotRead`, and `damagedGzip` if the damage is within these bytes.
    func prefix(_ count: Int) throws(NIfTIError) -> [UInt8] {
        guard isGzip else { return try Self.bytes(of: file, count: count) }
        var reader = GzipReader(url)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try reader.bytes(of: file, count: min(count - bytes.count, 1 << 16))
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// Reads a gzipped file to its end, or up to 64 MB of its content.
    ///
    /// - Throws: `NIfTIError.damagedGzip`.
    func verify() throws(NIfTIError) {
        guard isGzip else { return }
        var reader = GzipReader(url)
        var length = 0
        while length < Self.surplus {
            let piece = try reader.bytes(of: file, count: 1 << 16).count
            guard piece > 0 else { return }
            length += piece
        }
    }

    /// Bytes in which those asked for begin at `start`, or the number of bytes found if there are too few.
    enum Voxels {
        case found(storage: [UInt8], start: Int)
        case missing(found: Int)
    }

    /// Returns the `count` bytes from `offset` on. No memory is allocated for what a file of this size cannot hold, nor
    /// for what follows.
    ///
    /// - Throws: `NIfTIError.cannotRead`, `damagedGzip`; `surplusContent` if a gzipped file continues long after the
    ///   voxels.
    func voxels(at offset: Int, count: Int, of header: NIfTIHeader) throws(NIfTIError) -> Voxels {
        guard isGzip else {
            let found = max(0, file.size - offset)
            guard found >= count else { return .missing(found: found) }
            let bytes = try Self.bytes(of: file, at: offset, count: count)
            // The file can have become shorter in the meantime.
            return bytes.count == count ? .found(storage: bytes, start: 0) : .missing(found: bytes.count)
        }
        let needed = offset + count
        guard needed <= Gzip.longestContent(ofFile: file.size) else {
            return .missing(found: max(0, try length() - offset))
        }
        // A file larger than its content was made that way on purpose, and is not read into memory.
        if file.size <= needed + needed / 8 + Self.slack {
            let packed = try Self.bytes(of: file, count: file.size)
            if let content = try Gzip.inflate(packed, limit: needed + Self.slack, from: url) {
                return content.count >= needed
                    ? .found(storage: content, start: offset)
                    : .missing(found: max(0, content.count - offset))
            }
        }
        return try piecewise(offset, count, header)
    }

    /// The length of a gzipped file's content in bytes.
    private func length() throws(NIfTIError) -> Int {
        var reader = GzipReader(url)
        var length = 0
        while true {
            let piece = try reader.bytes(of: file, count: 1 << 16).count
            guard piece > 0 else { return length }
            length += piece
        }
    }

    private func piecewise(_ offset: Int, _ count: Int, _ header: NIfTIHeader) throws(NIfTIError) -> Voxels {
        var reader = GzipReader(url)
        let storage = try reader.bytes(of: file, count: offset + count)
        guard storage.count == offset + count else { return .missing(found: max(0, storage.count - offset)) }
        let limit = max(count, Self.surplus)
        var surplus = 0
        while true {
            let piece = try reader.bytes(of: file, count: 1 << 16).count
            guard piece > 0 else { return .found(storage: storage, start: offset) }
            surplus += piece
            guard surplus <= limit else {
                throw .surplusContent(path: url.relativePath, dimensions: header.dimensions, expected: count)
            }
        }
    }
}

extension GzipReader {
    /// Returns the next `count` bytes of the content, or those that are left.
    fileprivate mutating func bytes(of file: borrowing OpenFile, count: Int) throws(NIfTIError) -> [UInt8] {
        var failure: NIfTIError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, count in
            do throws(NIfTIError) {
                count = try read(file, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
