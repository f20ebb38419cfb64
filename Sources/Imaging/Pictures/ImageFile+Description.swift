import Files
import Foundation

extension ImageFile {
    /// What a picture's header says.
    public struct Description: Sendable, Hashable {
        /// Columns of the first page.
        public let width: Int
        /// Rows of the first page.
        public let height: Int
        /// Pages; 1 for PNG.
        public let pages: Int
        /// Where each page is in a TIFF file; empty for PNG. Reading a page is faster with it.
        public let pageOffsets: [UInt64]
        /// Channels that are read: 1 for gray and palettes, 3 for colors.
        public let channels: Int
        /// Whether pixels also have opacity (or other samples), which is left out.
        public let hasOpacity: Bool
    }

    /// What the PNG or TIFF file `url` holds, without decoding its pixels.
    ///
    /// - Throws: `ImagingError` where the header cannot be read.
    public static func describe(_ url: URL) throws(ImagingError) -> Description {
        precondition(isPicture(url), "a PNG or TIFF file")
        if url.pathExtension.lowercased() == "png" {
            do throws(PNGError) {
                let header = try PNGImage.Header(contentsOf: url)
                return Description(
                    width: header.width, height: header.height, pages: 1, pageOffsets: [],
                    channels: header.isColour ? 3 : 1, hasOpacity: header.hasOpacity)
            } catch {
                throw .png(error)
            }
        }
        do throws(TIFFError) {
            let file = try TIFFFile(url)
            let page = try file.describe(0)
            return Description(
                width: page.width, height: page.height, pages: file.pageCount,
                pageOffsets: file.pageOffsets, channels: page.channels, hasOpacity: page.hasExtraSamples)
        } catch {
            throw .tiff(error)
        }
    }
}
