import Foundation

extension FileError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            "\(path) cannot be read (\(reason)); check the path and your permissions."
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written (\(reason)); check the folder, your permissions and the free space."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
