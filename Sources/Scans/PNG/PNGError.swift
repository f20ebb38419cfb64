import Files
import Foundation
import Imaging

/// What can be wrong with a PNG file.
public enum PNGError: Error, Sendable, Hashable {
    /// The file could not be read or written.
    case file(FileError)
    /// The file does not begin like a PNG.
    case notPNG(path: String)
    /// The file ends before its picture does.
    case truncated(path: String)
    /// The file is damaged; `reason` is libpng's.
    case corrupt(path: String, reason: String)
    /// The header gives a width or height of 0.
    case noPixels(path: String, width: Int, height: Int)
    /// The header claims more pixels than any picture here has.
    case tooLarge(path: String, width: Int, height: Int)
    /// There is not enough memory for the picture.
    case noMemory(path: String)
}

extension PNGError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .file(let error):
            "\(error.path) \(error.reason)."
        case .notPNG(let path):
            "\(path) is not a PNG file despite its name; rename it to match its format, or save it as PNG."
        case .truncated(let path):
            "\(path) ends before its picture is complete; copy or download it again."
        case .corrupt(let path, let reason):
            "\(path) is damaged (libpng: \(reason)); copy or download it again."
        case .noPixels(let path, let width, let height):
            "\(path) contains no picture: its header says \(width) × \(height) pixels; export it again."
        case .tooLarge(let path, let width, let height):
            "\(path) claims to have \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million values "
                + "can be read, counting every channel; split it into smaller pictures."
        case .noMemory(let path):
            "\(path) does not fit in memory; close other programs or use smaller pictures."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
