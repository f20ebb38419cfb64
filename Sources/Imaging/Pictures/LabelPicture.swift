import Foundation

/// The values of a PNG or TIFF file of labels: gray levels, or palette indices, as stored.
public struct LabelPicture: Sendable, Equatable {
    /// Columns, rows, and pages that were read.
    public let extent: Extent
    /// Values, x fastest, row 0 at the top, then pages; `extent.count` of them.
    public let values: [UInt16]

    /// Reads `url`, by its ending a PNG or TIFF file.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - page: which page of a multi-page TIFF, from 0; nil is all of them, as slices.
    ///   - offset: where that page is in the file, as `ImageFile.describe(_:)` gives it.
    /// - Throws: `ImagingError` if the file cannot be read, is damaged, has no such page, has colors other than gray,
    ///   or values that are not whole numbers from 0 to 65,535.
    public init(contentsOf url: URL, page: Int? = nil, at offset: UInt64? = nil) throws(ImagingError) {
        let path = url.relativePath
        if url.pathExtension.lowercased() == "png" {
            let picture: PNGImage
            do { picture = try PNGImage(contentsOf: url) } catch { throw .png(error) }
            guard page ?? 0 == 0 else { throw .tiff(.noSuchPage(path: path, page: page ?? 0, count: 1)) }
            guard let values = picture.labelValues else { throw .colourLabels(path: path) }
            extent = Extent(width: picture.width, height: picture.height)
            self.values = values
            return
        }
        let pages = try TIFFPage.read(url, page: page, at: offset)
        var values: [UInt16] = []
        for page in pages {
            guard let stored = page.labelValues else { throw .colourLabels(path: path) }
            // NaN fails the comparison.
            if let found = stored.first(where: { !($0 >= 0 && $0 <= 65535 && $0 == $0.rounded()) }) {
                throw .notALabel(path: path, found: found)
            }
            values += stored.map { UInt16($0) }
        }
        extent = Extent(width: pages[0].width, height: pages[0].height, depth: pages.count)
        self.values = values
    }

    /// The values that occur, 0 among them where it does.
    public var distinctValues: Set<UInt16> {
        var isPresent = [Bool](repeating: false, count: 65536)
        for value in values { isPresent[Int(value)] = true }
        return Set(isPresent.indices.lazy.filter { isPresent[$0] }.map { UInt16($0) })
    }
}
