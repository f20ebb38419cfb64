import Foundation
import Imaging
import Scans

extension LabelMap {
    /// Writes the labels as gray levels: a PNG for one slice, otherwise a TIFF with one page per slice.
    package func writePicture(to url: URL) throws {
        guard geometry.depth > 1 else { return try PNGImage(labels: self).write(to: url) }
        try TIFFFile.write(labels, extent: geometry.extent, to: url)
    }
}

extension ProbabilityMap {
    /// Writes the probabilities as 16-bit TIFF pages, 65,535 for 1: the slices of the first class, then of the next.
    package func writePicture(to url: URL) throws {
        let samples = values.map { UInt16((min(max($0, 0), 1) * 65_535).rounded()) }
        try TIFFFile.write(
            samples,
            extent: Extent(width: geometry.width, height: geometry.height, depth: geometry.depth * channels),
            to: url)
    }

    /// Reads what `writePicture` wrote for `channels` classes, and formats of other programs: 8-bit gray levels, whose
    /// largest number also stands for 1, and floats.
    ///
    /// - Throws: `ScanError` for a file that cannot be read, `SegmentationError.nothingToEvaluate` for one without a
    ///   page for each class or with numbers that cannot be probabilities.
    init(picture url: URL, channels: Int) throws {
        let file = try Scan(contentsOf: url)
        let found = try file.channels()
        func refusal(_ gap: EvaluationGap) -> SegmentationError {
            .nothingToEvaluate(path: url.path(percentEncoded: false), gap)
        }
        guard found.count == 1 else { throw refusal(.coloredProbabilities) }
        let pages = found[0]
        guard pages.geometry.depth % channels == 0 else {
            throw refusal(.pages(found: pages.geometry.depth, classes: channels))
        }
        let one: Float
        switch file.hasMixedTypes ? "several types" : file.storedAs {
        case "uint8": one = 255
        case "uint16": one = 65_535
        case "float32", "float64":
            if let found = pages.voxels.first(where: { !(0...1).contains($0) }) {
                throw refusal(.noProbability(found))
            }
            one = 1
        case let other:
            throw refusal(.storedAs(other))
        }
        self.init(
            geometry: Geometry(
                pixels: pages.geometry.width, pages.geometry.height, pages.geometry.depth / channels),
            channels: channels, values: pages.voxels.map { $0 / one })
    }
}

extension ProbabilityMap {
    /// Returns the label map of these probabilities under `plan`: the label value of each voxel's most likely class.
    package func labelMap(_ plan: Plan) -> LabelMap {
        var map = channels == 1 ? thresholded() : argmax()
        let values = plan.labelOfClass
        for index in map.labels.indices { map.labels[index] = values[Int(map.labels[index])] }
        return map
    }
}
