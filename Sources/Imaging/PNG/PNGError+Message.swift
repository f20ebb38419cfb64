import Foundation

extension PNGError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .file(let error):
            "\(error.path) \(error.reason)."
        case .notPNG(let path):
            "\(path) is not a PNG file; check that it is what its name says."
        case .truncated(let path):
            "\(path) ends before its picture is complete; copy or download it again."
        case .corrupt(let path, let reason):
            "\(path) is damaged (libpng: \(reason)); copy or download it again."
        case .noPixels(let path, let width, let height):
            "\(path) has a header that says \(width) × \(height) pixels; it holds no picture, so make it again."
        case .tooLarge(let path, let width, let height):
            "\(path) claims to have \(width) × \(height) pixels, and at most \(Limits.values / 1_000_000) million values "
                + "are read, counting every channel; cut it into smaller pictures."
        case .noMemory(let path):
            "\(path) does not fit into memory; close other programs or use smaller pictures."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
