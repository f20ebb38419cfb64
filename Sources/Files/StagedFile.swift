import Foundation

/// A file that is written beside its final name and takes that name only when all of it is on the disk.
///
/// A killed process leaves the old file or the new one; a failed write leaves the old file and nothing else.
/// Writing and naming are two steps, so that several files that belong together are all on the disk before the
/// first takes its name. One that is never committed is removed. The temporary name is hidden, so that a killed
/// process leaves nothing that would be taken for a file of the folder.
public struct StagedFile: ~Copyable {
    private let url: URL
    private let temporary: String
    private var isCommitted = false

    /// Writes what `body` appends to a temporary file in the folder of `url`, and brings it to the disk.
    ///
    /// A new file has the permissions that the process gives to new files (its umask).
    ///
    /// - Throws: `FileError.notAFile` where a folder or device stands at `url`, `cannotWrite` where writing fails,
    ///   both naming `url`; or the error of `body`. The temporary file is gone then.
    public init(_ url: URL, _ body: (borrowing Sink) throws(FileError) -> Void) throws(FileError) {
        let path = url.relativePath
        var status = stat()
        if stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .notAFile(path: path) }
        // Forty characters of Unicode have at most 160 bytes: a name may have 255, the random number included.
        let start = String(url.lastPathComponent.unicodeScalars.prefix(40))
        let name = ".\(start).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        let temporary = url.deletingLastPathComponent().appending(path: name).path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, code: errno) }
        do throws(FileError) {
            try body(Sink(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw FileError.cannotWrite(path: path, code: errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0 else {
            let code = errno
            unlink(temporary)
            throw .cannotWrite(path: path, code: code)
        }
        self.url = url
        self.temporary = temporary
    }

    /// Gives the file its final name, in place of what stood there.
    ///
    /// - Throws: `FileError.cannotWrite`; the old file stands and the temporary one is gone then.
    public consuming func commit() throws(FileError) {
        guard rename(temporary, url.path) == 0 else {
            let code = errno
            throw .cannotWrite(path: url.relativePath, code: code)
        }
        isCommitted = true
        // The name is on the disk only when its folder is. A folder that cannot be synced is not worth failing
        // for: the file has its name.
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    deinit { if !isCommitted { unlink(temporary) } }
}

extension StagedFile {
    /// Where the body of `StagedFile.init(_:_:)` puts its bytes.
    public struct Sink: ~Copyable {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends `bytes`.
        public func append(_ bytes: some ContiguousBytes) throws(FileError) {
            let descriptor = descriptor
            let code = bytes.withUnsafeBytes { Self.write($0, to: descriptor) }
            guard code == 0 else { throw .cannotWrite(path: path, code: code) }
        }

        /// The `errno` of the write that failed, or 0.
        private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
            var rest = bytes[...]
            while !rest.isEmpty {
                // Linux writes at most 2 GiB at a time, and macOS refuses more.
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
                let count = Foundation.write(descriptor, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}

/// Writes whole files or none, each a `StagedFile` that is committed at once.
///
/// A process that is killed, or a disk that fills up, leaves the old file or the new one, never half of one. All
/// throw `FileError` that names the file.
public enum AtomicFile {
    /// Replaces `url` by `bytes`.
    public static func write(_ bytes: some ContiguousBytes, to url: URL) throws(FileError) {
        try write(to: url) { sink throws(FileError) in try sink.append(bytes) }
    }

    /// Replaces `url` by `text` in UTF-8.
    public static func write(_ text: String, to url: URL) throws(FileError) {
        try write(Array(text.utf8), to: url)
    }

    /// Replaces `url` by what `body` appends, so that a large file need not stand in memory at once.
    public static func write(
        to url: URL, _ body: (borrowing StagedFile.Sink) throws(FileError) -> Void
    ) throws(FileError) {
        try StagedFile(url, body).commit()
    }
}
