import Foundation

/// A regular file that is open for reading.
///
/// All readers of this package go through it: a pipe in the place of a scan would make them wait for ever, and a device
/// has neither size nor end.
public struct OpenFile: ~Copyable {
    /// The file for errors.
    public let path: String
    /// Bytes of the file when it was opened.
    public let size: Int
    private let descriptor: Int32

    /// Opens `url`.
    ///
    /// - Throws: `FileError.cannotRead` where there is no such file, it may not be read or is a folder;
    ///   `FileError.notRegular` where it is a pipe, a socket or a device.
    public init(_ url: URL) throws(FileError) {
        let path = url.relativePath
        // Opening a pipe waits for one who writes, unless told not to.
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
    /// - Returns: how many there were; fewer than the buffer has room for only at the end of the file.
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

    /// Bytes `offset` and on, `count` of them or fewer where the file ends.
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

    /// The whole file, mapped into memory.
    func mapped() throws(FileError) -> Data {
        // An empty file cannot be mapped.
        guard size > 0 else { return Data() }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else { throw .cannotRead(path: path, code: errno) }
        return Data(bytesNoCopy: start, count: size, deallocator: .unmap)
    }

    /// Another descriptor of the open file, for a library that reads it by itself and closes it.
    ///
    /// - Throws: `FileError.cannotRead`.
    public func duplicate() throws(FileError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .cannotRead(path: path, code: errno) }
        return copy
    }
}

/// Reading whole files.
///
/// All throw `FileError` that names the file: `cannotRead`, for a folder too, and `notRegular` for pipes, sockets and
/// devices, at which a reader would wait for ever.
public enum FileContents {
    /// The largest description that is read: 64 MiB.
    public static let longestDescription = 1 << 26

    /// The bytes of `url`, mapped into memory: they are fetched as they are used.
    ///
    /// For large files of which each byte is copied elsewhere once, such as weights.
    public static func mapped(_ url: URL) throws(FileError) -> Data { try OpenFile(url).mapped() }

    /// The first `limit` bytes of `url`, or all of them, read into memory.
    ///
    /// For what is decoded or kept: it cannot change or vanish under the reader.
    public static func bytes(_ url: URL, limit: Int = .max) throws(FileError) -> [UInt8] {
        try OpenFile(url).bytes(count: limit)
    }

    /// The bytes of a text that describes data, such as JSON.
    ///
    /// - Throws: `FileError.tooLarge` above 64 MiB as well.
    public static func description(_ url: URL) throws(FileError) -> Data {
        let file = try OpenFile(url)
        guard file.size <= longestDescription else {
            throw .tooLarge(path: file.path, size: file.size, limit: longestDescription)
        }
        return Data(try file.bytes(count: longestDescription))
    }
}
