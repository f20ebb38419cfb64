import Foundation

/// A failure to read or write a file or folder. `description` is one sentence for users.
public enum FileError: Error, Hashable, Sendable {
    /// The file at `path` could not be read; `code` is the system's `errno`.
    case cannotRead(path: String, code: Int32)
    /// The file or folder at `path` could not be written; `code` is the system's `errno`. Existing contents are
    /// untouched.
    case cannotWrite(path: String, code: Int32)
    /// The path to be written names a folder or a device.
    case notAFile(path: String)
    /// The path to be read names a pipe, a socket, or a device.
    case notRegular(path: String)
    /// The file to be read is larger than `limit` bytes.
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

extension FileError: CustomStringConvertible, LocalizedError {
    /// What happened and what to do, without the path, for errors that name the file themselves.
    public var reason: String {
        switch self {
        case .cannotRead: "cannot be read (\(system)); check the path and your permissions"
        case .cannotWrite: "cannot be written (\(system)); check the folder's permissions and the free space"
        case .notAFile: "cannot be written (\(system)); choose another name"
        case .notRegular: "cannot be read (\(system)); specify a regular file"
        case .tooLarge: "cannot be read (\(system)); check that it is the right file"
        }
    }

    /// The system's description of the error, or this package's own for errors without an `errno`.
    public var system: String {
        switch self {
        case .cannotRead(_, let code), .cannotWrite(_, let code): String(cString: strerror(code))
        case .notAFile: "it exists and is not a regular file"
        case .notRegular: "it is a pipe, a socket, or a device"
        case .tooLarge(_, let size, let limit):
            "it has \((size + (1 << 20) - 1) >> 20) MiB, but at most \(limit >> 20) MiB is expected"
        }
    }

    /// One sentence that names the file and says what to do.
    public var description: String { "\(path): \(reason)" }

    /// The same sentence.
    public var errorDescription: String? { description }
}
