/// A file or folder that could not be read or written. `description` is one sentence for a person.
public enum FileError: Error, Hashable, Sendable {
    /// The file at `path` could not be read; `code` is the system's `errno`.
    case cannotRead(path: String, code: Int32)
    /// The file or folder at `path` could not be written; `code` is the system's `errno`. What stood there is
    /// untouched.
    case cannotWrite(path: String, code: Int32)
    /// A folder or device stands where a file is to be written.
    case notAFile(path: String)
    /// A pipe, a socket or a device stands where a file is to be read.
    case notRegular(path: String)
    /// The file to be read has more than `limit` bytes.
    case tooLarge(path: String, size: Int, limit: Int)

    /// The file or folder.
    public var path: String {
        switch self {
        case .cannotRead(let path, _), .cannotWrite(let path, _), .notAFile(let path),
            .notRegular(let path), .tooLarge(let path, _, _):
            path
        }
    }
}
