import Foundation
import Imaging
import Scans

extension LabelMap {
    /// Writes the labels as gray levels: PNG for one slice, otherwise a TIFF of a page for each.
    package func writePicture(to url: URL) throws {
        guard geometry.depth > 1 else { return try PNGImage(labels: self).write(to: url) }
        try TIFFFile.write(labels, extent: geometry.extent, to: url)
    }
}

extension ProbabilityMap {
    /// Writes the probabilities as TIFF pages of 16 bits, 65,535 for 1: the slices of the first class, then of the
    /// next.
    package func writePicture(to url: URL) throws {
        let samples = values.map { UInt16((min(max($0, 0), 1) * 65_535).rounded()) }
        try TIFFFile.write(
            samples,
            extent: Extent(width: geometry.width, height: geometry.height, depth: geometry.depth * channels),
            to: url)
    }

    /// Reads what `writePicture` wrote for `channels` classes, and what others write: gray levels of 8 bits too, whose
    /// largest number is 1 as well, and floats.
    ///
    /// - Throws: `ScanError` for a file that cannot be read, `SegmentationError.nothingToEvaluate` for one that has
    ///   no page for each class, or no numbers that can be probabilities.
    init(picture url: URL, channels: Int) throws {
        let file = try Scan(contentsOf: url)
        let found = try file.channels()
        func refusal(_ reason: String) -> SegmentationError {
            .nothingToEvaluate(
                path: url.path(percentEncoded: false),
                reason: reason + "; use the probabilities that unet predict wrote")
        }
        guard found.count == 1 else {
            throw refusal("is in color, but probabilities are gray levels")
        }
        let pages = found[0]
        guard pages.geometry.depth % channels == 0 else {
            throw refusal("has \(pages.geometry.depth) pages for \(channels) classes")
        }
        let one: Float
        switch file.hasMixedTypes ? "several types" : file.storedAs {
        case "uint8": one = 255
        case "uint16": one = 65_535
        case "float32", "float64":
            if let found = pages.voxels.first(where: { !(0...1).contains($0) }) {
                throw refusal(
                    "has the value \(found), but probabilities stored as floats must be from 0 to 1")
            }
            one = 1
        case let other:
            throw refusal("stores \(other), but probabilities must be uint8, uint16, or float32")
        }
        self.init(
            geometry: Geometry(
                pixels: pages.geometry.width, pages.geometry.height, pages.geometry.depth / channels),
            channels: channels, values: pages.voxels.map { $0 / one })
    }
}
