import Foundation

/// Reading whole files.
///
/// All throw `FileError.cannotRead` that names the file, for a folder too.
public enum FileContents {
    /// The bytes of `url`, mapped into memory: they are fetched as they are used.
    ///
    /// For large files of which each byte is copied elsewhere once, such as weights.
    public static func mapped(_ url: URL) throws(FileError) -> Data {
        let file = try OpenFile(url)
        // An empty file cannot be mapped.
        guard file.size > 0 else { return Data() }
        guard let start = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
            start != MAP_FAILED
        else { throw .cannotRead(path: url.relativePath, code: errno) }
        return Data(bytesNoCopy: start, count: file.size, deallocator: .unmap)
    }

    /// The first `limit` bytes of `url`, or all of them, read into memory.
    ///
    /// For what is decoded or kept: it cannot change or vanish under the reader.
    public static func bytes(_ url: URL, limit: Int = .max) throws(FileError) -> [UInt8] {
        let file = try OpenFile(url)
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: min(file.size, limit)) { buffer, count in
            while count < buffer.count, let base = buffer.baseAddress {
                // Linux reads at most 2 GiB at a time, and macOS refuses more.
                let got = read(file.descriptor, base + count, min(buffer.count - count, 1 << 30))
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard code == 0 else { throw .cannotRead(path: url.relativePath, code: code) }
        return bytes
    }
}

/// A file open for reading, and its size in bytes.
private struct OpenFile: ~Copyable {
    let descriptor: Int32
    let size: Int

    init(_ url: URL) throws(FileError) {
        let path = url.relativePath
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, code: errno) }
        var status = stat()
        var code = fstat(descriptor, &status) == 0 ? 0 : errno
        // Folders can be opened.
        if code == 0, status.st_mode & S_IFMT == S_IFDIR { code = EISDIR }
        guard code == 0 else {
            close(descriptor)
            throw .cannotRead(path: path, code: code)
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }
}
