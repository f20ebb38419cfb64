import Files

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
