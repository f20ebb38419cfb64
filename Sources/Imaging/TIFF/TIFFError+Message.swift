import Foundation

extension TIFFError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .file(let error):
            "\(error.path) \(error.reason)."
        case .notTIFF(let path):
            "\(path) is not a TIFF file despite its name; rename it to match its format, or save it as TIFF."
        case .corrupt(let path, let reason):
            "\(path) is damaged or cut off (libtiff: \(Self.trimmed(reason))); copy or download it again."
        case .unsupported(let path, let reason):
            "\(path) is a kind of TIFF that is not supported: \(reason); save it as 8- or 16-bit gray or RGB."
        case .noPixels(let path, let width, let height):
            "\(path) contains no picture: its header says \(width) × \(height) pixels; export it again."
        case .tooLarge(let path, let width, let height):
            "\(path) claims to have \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million values "
                + "can be read, counting every channel; split it into smaller pictures."
        case .stackTooLarge(let path, let width, let height, let pages):
            "\(path) has \(pages) pages of \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million "
                + "values can be read, counting every channel; split it into smaller stacks."
        case .noSuchPage(let path, let page, let count):
            "\(path) has \(count) page\(count == 1 ? "" : "s"), but page \(page + 1) is needed; check that the file is complete."
        case .noMemory(let path):
            "\(path) does not fit in memory; close other programs or use smaller pictures."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }

    private static func trimmed(_ reason: String) -> String {
        reason.isEmpty ? "no reason given" : reason.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
    }
}
