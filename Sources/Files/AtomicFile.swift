import Foundation

/// Writes whole files or none: to a temporary file beside the target, synced, then renamed over it.
///
/// A process that is killed, or a disk that fills up, leaves the old file or the new one, never half of one.
public enum AtomicFile {
    /// Replaces `url` by `bytes`.
    public static func write(_ bytes: some ContiguousBytes, to url: URL) throws(FileError) {
        try write(to: url) { (sink) throws(FileError) in
            try sink.append(bytes)
        }
    }

    /// Replaces `url` by `text` in UTF-8.
    public static func write(_ text: String, to url: URL) throws(FileError) {
        try write(Array(text.utf8), to: url)
    }

    /// Replaces `url` by what `body` appends, so that a large file need not stand in memory at once.
    ///
    /// - Throws: `FileError.cannotWrite` that names `url`; the temporary file is gone then.
    public static func write(to url: URL, _ body: (Sink) throws(FileError) -> Void) throws(FileError) {
        let path = url.path(percentEncoded: false)
        let temporary = "\(path).\(UUID().uuidString.prefix(8)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, system: lastError()) }
        var isOpen = true
        do throws(FileError) {
            try body(Sink(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw FileError.cannotWrite(path: path, system: lastError()) }
            isOpen = false
            guard close(descriptor) == 0 else { throw FileError.cannotWrite(path: path, system: lastError()) }
            guard rename(temporary, path) == 0 else {
                throw FileError.cannotWrite(path: path, system: lastError())
            }
        } catch {
            if isOpen { close(descriptor) }
            unlink(temporary)
            throw error
        }
    }

    /// Where `body` of `write(to:_:)` puts its bytes.
    public struct Sink {
        let descriptor: Int32
        let path: String

        /// Appends `bytes`.
        public func append(_ bytes: some ContiguousBytes) throws(FileError) {
            let failure: FileError? = bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let count = Foundation.write(descriptor, part.baseAddress!, part.count)
                    if count < 0 && errno == EINTR { continue }
                    if count <= 0 { return .cannotWrite(path: path, system: lastError()) }
                    rest = rest.dropFirst(count)
                }
                return nil
            }
            if let failure { throw failure }
        }
    }
}

func lastError() -> String { String(cString: strerror(errno)) }
