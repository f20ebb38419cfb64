import Foundation

/// Whole files as bytes, with the system's reason where that fails.
enum FileBytes {
    /// The first `limit` bytes of `url`, or all of them.
    static func read(_ url: URL, limit: Int = .max) throws(NIfTIError) -> [UInt8] {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: url.relativePath, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: url.relativePath, code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .cannotRead(path: url.relativePath, code: EISDIR)
        }

        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: min(Int(status.st_size), limit)) { buffer, count in
            while count < buffer.count, let base = buffer.baseAddress {
                // Linux reads at most 2 GiB at a time.
                let got = Foundation.read(descriptor, base + count, min(buffer.count - count, 1 << 30))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard failure == 0 else { throw .cannotRead(path: url.relativePath, code: failure) }
        return bytes
    }
}
