import Foundation

/// A file that is written beside its final name and takes that name only when all of it is on the disk.
///
/// A killed process leaves the old file or the new one; a failed write leaves the old file and nothing else.
/// Writing and naming are two steps, so that both files of a pair are on the disk before either takes its name.
struct StagedFile: ~Copyable {
    private let url: URL
    private let temporary: String
    private var isDone: Bool

    /// Writes `parts`, one after the other, to a temporary file in the folder of `url`, and to the disk.
    init(_ url: URL, parts: [ArraySlice<UInt8>]) throws(NIfTIError) {
        var status = stat()
        if stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw .notAFile(path: url.relativePath)
        }
        let name = ".\(url.lastPathComponent.prefix(80)).\(UInt32.random(in: 0 ... .max)).tmp"
        let temporary = url.deletingLastPathComponent().appending(path: name).path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: url.relativePath, code: errno) }
        var failure: Int32 = 0
        for part in parts where failure == 0 { failure = Self.write(part, to: descriptor) }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure != 0 {
            unlink(temporary)
            throw .cannotWrite(path: url.relativePath, code: failure)
        }
        self.url = url
        self.temporary = temporary
        isDone = false
    }

    /// Gives the file its final name.
    mutating func commit() throws(NIfTIError) {
        guard rename(temporary, url.path) == 0 else {
            throw .cannotWrite(path: url.relativePath, code: errno)
        }
        isDone = true
        // The name is on the disk only when its folder is; a folder that cannot be opened is not worth failing for.
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    deinit { if !isDone { unlink(temporary) } }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let wrote = Foundation.write(
                    descriptor, buffer.baseAddress! + done, min(buffer.count - done, 1 << 30))
                if wrote < 0, errno == EINTR { continue }
                if wrote < 0 { return errno }
                done += wrote
            }
            return 0
        }
    }
}
