import Files
import Foundation

extension NIfTIError {
    /// The same failure as an error of this module.
    init(_ error: FileError) {
        switch error {
        case .cannotRead(let path, let code): self = .cannotRead(path: path, code: code)
        case .cannotWrite(let path, let code): self = .cannotWrite(path: path, code: code)
        case .notAFile(let path): self = .notAFile(path: path)
        }
    }
}

extension [UInt8] {
    /// The first `limit` bytes of the file `url`, or all of them.
    init(contentsOf url: URL, limit: Int = .max) throws(NIfTIError) {
        do { self = try FileContents.bytes(url, limit: limit) } catch { throw NIfTIError(error) }
    }
}
