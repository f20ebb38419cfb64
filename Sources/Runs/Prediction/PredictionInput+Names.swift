import Datasets
import Foundation
import Scans

extension PredictionInput {
    /// Refuses inputs whose predictions would have one name, or frames of one name: overlays and scores are by frame.
    ///
    /// - Throws: `SegmentationError.sameOutput`, or `.sameFrame`, for the first two.
    public static func checkNames(_ inputs: [PredictionInput]) throws(SegmentationError) {
        var seen: [String: URL] = [:]
        for input in inputs {
            if let other = seen.updateValue(input.url, forKey: input.stem) {
                throw SegmentationError.sameOutput(
                    path: input.predictionName(slices: 1), first: other.path(percentEncoded: false),
                    second: input.url.path(percentEncoded: false))
            }
        }
        // Headers are read only where names make it possible.
        let groups = Dictionary(grouping: inputs) { $0.stem.seriesName }.sorted { $0.key < $1.key }
        for (_, group) in groups where group.count > 1 && group.contains(where: \.isNamedAsSeries) {
            var frames: [String: URL] = [:]
            for input in group {
                for name in input.frameNames {
                    if let other = frames.updateValue(input.url, forKey: name) {
                        throw .sameFrame(
                            name: name, first: other.path(percentEncoded: false),
                            second: input.url.path(percentEncoded: false))
                    }
                }
            }
        }
    }

    private var isNamedAsSeries: Bool {
        frame == nil && urls.count == 1 && url.hasNIfTIEnding && stem.frame == nil
    }

    /// What the frames of a series are called; of other images the name.
    private var frameNames: [String] {
        guard isNamedAsSeries, let header = try? ScanHeader(contentsOf: url), header.frameCount > 1 else {
            return [stem]
        }
        return (1...header.frameCount).map(stem.named(frame:))
    }
}
