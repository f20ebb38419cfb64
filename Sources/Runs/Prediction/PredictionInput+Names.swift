import Datasets
import Foundation
import Scans

extension PredictionInput {
    /// Refuses inputs whose predictions, or frames of them, would have the same name: overlays and scores are per
    /// frame.
    ///
    /// - Throws: `SegmentationError.sameOutput` or `.sameFrame` for the first two.
    public static func checkNames(_ inputs: [PredictionInput]) throws(SegmentationError) {
        var seen: [String: URL] = [:]
        for input in inputs {
            if let other = seen.updateValue(input.url, forKey: input.stem) {
                throw SegmentationError.sameOutput(
                    path: input.predictionName(slices: 1), first: other.path(percentEncoded: false),
                    second: input.url.path(percentEncoded: false))
            }
        }
        // Headers are read only where names allow a clash.
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

    /// The names of a series' frames; for other images, the image's own name.
    private var frameNames: [String] {
        guard isNamedAsSeries, let header = try? ScanHeader(contentsOf: url), header.frameCount > 1 else {
            return [stem]
        }
        return (1...header.frameCount).map(stem.named(frame:))
    }
}

extension PredictionInput {
    /// Returns the cases of datasets, selected by patient and phase.
    ///
    /// - Parameters:
    ///   - urls: the folders of the datasets.
    ///   - patients: the patients to select, such as those of a run's split; nil for all. Those found in no dataset are
    ///     among the issues.
    ///   - phases: the phases to select.
    /// - Throws: `SegmentationError.nothingChosen` if that leaves nothing, `.sameOutput` and `.sameFrame`; rethrows
    ///   from `Dataset(imagesIn:)`.
    public static func search(
        datasets urls: [URL], patients: Set<String>?, phases: PhaseSelection = .both
    ) throws -> Search {
        let datasets = try urls.map { try Dataset(imagesIn: $0) }
        let cases = datasets.flatMap { $0.cases(phases: phases) }
        let inputs = cases.filter { patients?.contains($0.patient) ?? true }.map { PredictionInput($0) }
        guard let first = urls.first, !inputs.isEmpty else {
            throw SegmentationError.nothingChosen(path: urls.first?.relativePath ?? "")
        }
        try checkNames(inputs)
        let absent = (patients ?? []).subtracting(datasets.flatMap(\.patients).map(\.id))
        let folder = urls.count == 1 ? first.relativePath : "the datasets"
        return Search(
            inputs: inputs,
            issues: absent.isEmpty ? [] : [.absentPatients(folder: folder, patients: absent.sorted())])
    }
}
