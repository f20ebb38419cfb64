import Foundation

/// A file or folder that could not be read or written.
public enum FileError: Error, Equatable {
    /// `path` could not be written; `system` is what the system said.
    case cannotWrite(path: String, system: String)
    /// `path` could not be read; `system` is what the system said.
    case cannotRead(path: String, system: String)

    /// What happened and what to do, for an error that names the file itself.
    public var reason: String {
        switch self {
        case .cannotWrite(_, let system):
            "cannot be written (\(system)); check the folder's permissions and the free space"
        case .cannotRead(_, let system): "cannot be read (\(system))"
        }
    }

    /// The file.
    public var path: String {
        switch self {
        case .cannotWrite(let path, _), .cannotRead(let path, _): path
        }
    }
}

extension FileError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String { "\(path): \(reason)" }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }
}
