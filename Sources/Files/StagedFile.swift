import Foundation

/// A file written under a temporary name that takes its final name only once all of it is on disk.
///
/// A killed process leaves the old file or the new one; a failed write leaves the old file and nothing else. Writing
/// and renaming are two steps, so that several files that belong together are all on disk before the first takes its
/// name. A file that is never committed is removed. The temporary name is hidden, so that the remains of a killed
/// process are not mistaken for a file of the folder.
public struct StagedFile: ~Copyable {
    private let url: URL
    private let temporary: String
    private var isCommitted = false

    /// Writes what `body` appends to a temporary file in the folder of `url`, and syncs it to disk.
    ///
    /// A new file has the process's default permissions (its umask).
    ///
    /// - Throws: `FileError.notAFile` if `url` is a folder or a device, `cannotWrite` if writing fails, both naming
    ///   `url`; or the error of `body`. The temporary file is then removed.
    public init(_ url: URL, _ body: (borrowing Sink) throws(FileError) -> Void) throws(FileError) {
        let path = url.relativePath
        var status = stat()
        if stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .notAFile(path: path) }
        // Forty Unicode scalars take at most 160 bytes; a name can have 255, including the random number.
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

    /// Gives the file its final name, replacing any existing file.
    ///
    /// - Throws: `FileError.cannotWrite`; the old file is then kept and the temporary one removed.
    public consuming func commit() throws(FileError) {
        guard rename(temporary, url.path) == 0 else {
            let code = errno
            throw .cannotWrite(path: url.relativePath, code: code)
        }
        isCommitted = true
        // The name is on disk only once its folder is. A folder that cannot be synced is not worth failing for: the
        // file has its name.
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    deinit { if !isCommitted { unlink(temporary) } }
}

extension StagedFile {
    /// The destination for the bytes that the body of `StagedFile.init(_:_:)` appends.
    public struct Sink: ~Copyable {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends `bytes`.
        public func append(_ bytes: some ContiguousBytes) throws(FileError) {
            let descriptor = descriptor
            let code = bytes.withUnsafeBytes { Self.write($0, to: descriptor) }
            guard code == 0 else { throw .cannotWrite(path: path, code: code) }
        }

        /// Writes all of `bytes`. Returns the `errno` of a failed write, or 0.
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

/// Functions that write whole files or none, each a `StagedFile` that is committed at once.
///
/// A killed process or a full disk leaves the old file or the new one, never half of one. All functions throw a
/// `FileError` that names the file.
public enum AtomicFile {
    /// Replaces the contents of `url` with `bytes`.
    public static func write(_ bytes: some ContiguousBytes, to url: URL) throws(FileError) {
        try write(to: url) { sink throws(FileError) in try sink.append(bytes) }
    }

    /// Replaces the contents of `url` with `text` in UTF-8.
    public static func write(_ text: String, to url: URL) throws(FileError) {
        try write(Array(text.utf8), to: url)
    }

    /// Replaces the contents of `url` with what `body` appends, so that a large file never has to fit in memory.
    public static func write(
        to url: URL, _ body: (borrowing StagedFile.Sink) throws(FileError) -> Void
    ) throws(FileError) {
        try StagedFile(url, body).commit()
    }
}
