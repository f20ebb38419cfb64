import Foundation

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
