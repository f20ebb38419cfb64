/// A file that could not be read or written.
public enum FileError: Error, Sendable, Equatable {
    /// The file at `path` could not be read; `reason` is the system's.
    case cannotRead(path: String, reason: String)
    /// The file at `path` could not be written; `reason` is the system's.
    case cannotWrite(path: String, reason: String)
}
