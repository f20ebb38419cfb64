import Foundation

/// A regular file open for reading.
///
/// All readers in this package use it: a pipe in place of a scan would block them forever, and a device has neither
/// size nor end.
public struct OpenFile: ~Copyable {
    /// The path for error messages.
    public let path: String
    /// The size of the file in bytes when it was opened.
    public let size: Int
    private let descriptor: Int32

    /// Opens `url`.
    ///
    /// - Throws: `FileError.cannotRead` if the file does not exist, is not readable, or is a folder;
    ///   `FileError.notRegular` if it is a pipe, a socket, or a device.
    public init(_ url: URL) throws(FileError) {
        let path = url.relativePath
        // Opening a pipe waits for a writer, unless told not to.
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        // A socket cannot be opened.
        guard descriptor >= 0 else {
            throw errno == ENXIO ? .notRegular(path: path) : .cannotRead(path: path, code: errno)
        }
        var status = stat()
        var error = fstat(descriptor, &status) == 0 ? nil : FileError.cannotRead(path: path, code: errno)
        if error == nil {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            // Folders can be opened.
            case S_IFDIR: error = .cannotRead(path: path, code: EISDIR)
            default: error = .notRegular(path: path)
            }
        }
        if let error {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// - Returns: the number of bytes read, less than the size of `buffer` only at the end of the file.
    /// - Throws: `FileError.cannotRead`.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int = 0
    ) throws(FileError) -> Int {
        var count = 0
        while count < buffer.count, let base = buffer.baseAddress {
            // Linux reads at most 2 GiB at a time, and macOS refuses more.
            let got = pread(
                descriptor, base + count, min(buffer.count - count, 1 << 30), off_t(offset + count))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .cannotRead(path: path, code: errno) }
            if got == 0 { break }
            count += got
        }
        return count
    }

    /// Reads `count` bytes starting at `offset`, or fewer at the end of the file.
    ///
    /// - Throws: `FileError.cannotRead`.
    public func bytes(at offset: Int = 0, count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, min(count, size - offset))) { buffer, count in
            do throws(FileError) {
                count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Maps the whole file into memory.
    func mapped() throws(FileError) -> Data {
        // An empty file cannot be mapped.
        guard size > 0 else { return Data() }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else { throw .cannotRead(path: path, code: errno) }
        return Data(bytesNoCopy: start, count: size, deallocator: .unmap)
    }

    /// Returns another descriptor of the open file, for a library that reads and closes it itself.
    ///
    /// - Throws: `FileError.cannotRead`.
    public func duplicate() throws(FileError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .cannotRead(path: path, code: errno) }
        return copy
    }
}

/// Functions that read whole files.
///
/// All throw a `FileError` that names the file: `cannotRead`, for folders too, or `notRegular` for pipes, sockets, and
/// devices, which could block a reader forever.
public enum FileContents {
    /// The largest description that can be read: 64 MiB.
    public static let longestDescription = 1 << 26

    /// Maps the bytes of `url` into memory, to be fetched as they are used.
    ///
    /// For large files whose bytes are each copied elsewhere once, such as weights.
    public static func mapped(_ url: URL) throws(FileError) -> Data { try OpenFile(url).mapped() }

    /// Reads the first `limit` bytes of `url`, or all of them, into memory.
    ///
    /// For data that is decoded or kept: it cannot change or vanish while in use.
    public static func bytes(_ url: URL, limit: Int = .max) throws(FileError) -> [UInt8] {
        try OpenFile(url).bytes(count: limit)
    }

    /// Reads the bytes of text that describes data, such as JSON.
    ///
    /// - Throws: also `FileError.tooLarge` above 64 MiB.
    public static func description(_ url: URL) throws(FileError) -> Data {
        let file = try OpenFile(url)
        guard file.size <= longestDescription else {
            throw .tooLarge(path: file.path, size: file.size, limit: longestDescription)
        }
        return Data(try file.bytes(count: longestDescription))
    }
}
