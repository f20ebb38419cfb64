import Foundation

/// Files that are written whole or not at all.
public enum AtomicFile {
    /// Writes `data` to `file`: into a temporary file beside it, flushed to the disk and renamed.
    ///
    /// A process that is killed, or a disk that is full, leaves the old file or the new one, never a part.
    public static func write(_ data: Data, to file: URL) throws(FileError) {
        let path = file.path(percentEncoded: false)
        let folder = file.deletingLastPathComponent().path(percentEncoded: false)
        let suffix = UInt64.random(in: 0...UInt64.max)
        let temporary = folder + "/.\(file.lastPathComponent).\(String(suffix, radix: 36)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }

        var failure = data.withUnsafeBytes { writeAll($0, to: descriptor) }
        if failure == 0 && fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0 && failure == 0 { failure = errno }
        if failure == 0 && rename(temporary, path) != 0 { failure = errno }
        if failure != 0 {
            unlink(temporary)
            throw .cannotWrite(path: path, reason: String(cString: strerror(failure)))
        }
        // The new name is safe only when the folder is on the disk too. A file system that cannot do this has
        // still renamed the file, so it is no failure.
        let handle = open(folder, O_RDONLY | O_CLOEXEC)
        if handle >= 0 {
            fsync(handle)
            close(handle)
        }
    }

    /// The `errno` of the write that failed, or 0.
    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(written)
        }
        return 0
    }
}
