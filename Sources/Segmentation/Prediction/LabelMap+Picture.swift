import Foundation
import Imaging

extension LabelMap {
    /// Writes the labels as grey levels: PNG for one slice, otherwise a TIFF of a page for each.
    func writePicture(to url: URL) throws {
        guard geometry.depth > 1 else { return try PNGImage(labels: self).write(to: url) }
        try TIFFFile.write(labels, extent: geometry.extent, to: url)
    }
}

extension ProbabilityMap {
    /// Writes the probabilities as TIFF pages of 16 bits, 65,535 for 1: the slices of the first class, then of the
    /// next.
    func writePicture(to url: URL) throws {
        let samples = values.map { UInt16((min(max($0, 0), 1) * 65_535).rounded()) }
        try TIFFFile.write(
            samples,
            extent: Extent(width: geometry.width, height: geometry.height, depth: geometry.depth * channels),
            to: url)
    }

    /// Reads what `writePicture` wrote for `channels` classes.
    ///
    /// - Throws: `ImagingError` for a file that cannot be read, `SegmentationError.nothingToEvaluate` for one that has
    ///   no page for each class.
    init(picture url: URL, channels: Int) throws {
        let pages = try ImageFile.read(url).channels[0]
        let path = url.path(percentEncoded: false)
        guard pages.geometry.depth % channels == 0 else {
            throw SegmentationError.nothingToEvaluate(
                path: path,
                reason:
                    "has \(pages.geometry.depth) pages for \(channels) classes; give the probabilities that unet predict wrote"
            )
        }
        self.init(
            geometry: Geometry(
                pixels: pages.geometry.width, pages.geometry.height, pages.geometry.depth / channels),
            channels: channels, values: pages.voxels.map { $0 / 65_535 })
    }
}

extension LabelPicture {
    /// The values as labels on a grid of pixels; nil where one is above 255.
    var labelMap: LabelMap? {
        guard values.allSatisfy({ $0 <= 255 }) else { return nil }
        return LabelMap(
            geometry: Geometry(pixels: extent.width, extent.height, extent.depth),
            labels: values.map { UInt8($0) })
    }
}
