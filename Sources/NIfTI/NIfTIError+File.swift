import Files
import Foundation

extension NIfTIError {
    /// The same failure as an error of this module.
    init(_ error: FileError) {
        switch error {
        case .cannotRead(let path, let code): self = .cannotRead(path: path, code: code)
        case .cannotWrite(let path, let code): self = .cannotWrite(path: path, code: code)
        case .notAFile(let path): self = .notAFile(path: path)
        case .notRegular(let path): self = .notRegular(path: path)
        // Scans are read piece by piece, and no piece has a limit of its own.
        case .tooLarge(let path, _, _): self = .cannotRead(path: path, code: EFBIG)
        }
    }
}
