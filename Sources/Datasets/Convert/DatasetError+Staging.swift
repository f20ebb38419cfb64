import Files
import Foundation
import Scans

extension DatasetError {
    /// The same error with the path that a person knows: a file that could not be written into the hidden folder `staged`
    /// is named as it would have been called in `target`.
    package func naming(_ staged: URL, as target: URL) -> DatasetError {
        func known(_ path: String) -> String {
            let prefix = staged.path
            guard path.hasPrefix(prefix) else { return path }
            return target.relativePath + path.dropFirst(prefix.count)
        }
        func known(_ error: FileError) -> FileError {
            switch error {
            case .cannotWrite(let path, let code): .cannotWrite(path: known(path), code: code)
            default: error
            }
        }
        switch self {
        case .file(let error): return .file(known(error))
        case .scan(.nifti(.cannotWrite(let path, let code))):
            return .scan(.nifti(.cannotWrite(path: known(path), code: code)))
        case .scan(.png(.file(let error))): return .scan(.png(.file(known(error))))
        default: return self
        }
    }
}
