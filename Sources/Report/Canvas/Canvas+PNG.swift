import Foundation
import Scans

extension Canvas {
    /// The picture as 8-bit RGB.
    public var image: PNGImage { PNGImage(width: width, height: height, format: .rgb, bytes: bytes) }

    /// Writes the picture as a PNG file, whole or not at all.
    ///
    /// - Throws: `PNGError` where the file cannot be written.
    public func write(to file: URL) throws(PNGError) { try image.write(to: file) }
}
