import Files

/// What can be wrong with a TIFF file.
public enum TIFFError: Error, Sendable, Hashable {
    /// The file could not be read or written.
    case file(FileError)
    /// The file does not begin like a TIFF.
    case notTIFF(path: String)
    /// The file is damaged or ends early; `reason` is libtiff's.
    case corrupt(path: String, reason: String)
    /// A kind of TIFF that is not read here, such as CMYK.
    case unsupported(path: String, reason: String)
    /// A page is said to have a width or height of 0.
    case noPixels(path: String, width: Int, height: Int)
    /// A page is said to have more pixels than any picture here has.
    case tooLarge(path: String, width: Int, height: Int)
    /// All pages together have more pixels than is read at once.
    case stackTooLarge(path: String, width: Int, height: Int, pages: Int)
    /// The file has fewer pages.
    case noSuchPage(path: String, page: Int, count: Int)
    /// There is not enough memory for the picture.
    case noMemory(path: String)
}
