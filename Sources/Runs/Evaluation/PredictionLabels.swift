import Datasets
import Foundation
import Imaging
import Scans
import Scoring

/// The meaning of the labels in a folder of predictions, and the structures of the truth that they match.
struct PredictionLabels {
    /// The labels of one prediction.
    private struct Entry {
        var file: URL
        var basis: Evaluation.Matching.Basis
        var matching: LabelMatching
    }

    private var entries: [String: Entry] = [:]
    /// The structures that are scored: those of the truth that the predictions have.
    private(set) var common: [Structure] = []
    /// The number of predictions matched in each way.
    private(set) var matchings: [Evaluation.Matching] = []
    /// Warnings to a reader of the scores.
    private(set) var warnings: [EvaluationWarning] = []
    /// Normal things that were done.
    private(set) var notes: [EvaluationNote] = []

    /// Finds the names of the labels of `files` and matches them to those of `truth`.
    ///
    /// NIfTI files carry the names in their header; for those that do not, and for pictures, `predictions.json` can
    /// list them. `stated` takes precedence over both. Without any of these, the numbers of the truth are used, with a
    /// warning.
    /// - Throws: `SegmentationError.badManifest`, `.noCommonStructure`, `.predictionsDiffer`.
    init(
        of files: [(name: String, url: URL)], in folder: URL, stated: [Structure]?, truth: Dataset
    ) throws(SegmentationError) {
        let manifest = try PredictionManifest(in: folder)
        let ours = Set(manifest?.cases ?? [])
        var first: Entry?
        var contradictions: [(file: URL, structures: [Structure])] = []
        for (name, file) in files {
            let carried =
                Self.structures(in: file) ?? (ours.contains(name) ? manifest?.structures : nil)
            if let stated, let carried, Set(stated) != Set(carried) {
                contradictions.append((file, carried))
            }
            let predicted = stated ?? carried ?? truth.structures
            guard let matching = LabelMatching(predicted: predicted, reference: truth.structures) else {
                throw .noCommonStructure(
                    path: file.path(percentEncoded: false), predicted: predicted,
                    truth: truth.root.path(percentEncoded: false), known: truth.structures)
            }
            let entry = Entry(
                file: file, basis: stated != nil ? .stated : carried != nil ? .names : .assumed,
                matching: matching)
            if let first, first.matching.common != matching.common {
                throw .predictionsDiffer(
                    first: first.file.path(percentEncoded: false), structures: first.matching.predicted,
                    second: file.path(percentEncoded: false), others: predicted)
            }
            first = first ?? entry
            entries[name] = entry
            count(entry)
        }
        common = first?.matching.common ?? truth.structures
        describe(files, contradictions: contradictions, stated: stated, truth: truth)
    }

    /// Returns the matching of the prediction `name`.
    func matching(of name: String) -> LabelMatching? { entries[name]?.matching }

    /// Returns the structures named in a NIfTI file; nil if it cannot be read, which scoring it will report.
    private static func structures(in file: URL) -> [Structure]? {
        ScanFormat.isPicture(file) ? nil : (try? ScanHeader(contentsOf: file))?.template?.structures
    }

    private mutating func count(_ entry: Entry) {
        let structures = entry.matching.predicted
        if let place = matchings.firstIndex(where: { $0.basis == entry.basis && $0.structures == structures })
        {
            matchings[place].predictions += 1
        } else {
            matchings.append(.init(basis: entry.basis, predictions: 1, structures: structures))
        }
    }

    private mutating func describe(
        _ files: [(name: String, url: URL)], contradictions: [(file: URL, structures: [Structure])],
        stated: [Structure]?, truth: Dataset
    ) {
        let root = truth.root.path(percentEncoded: false)
        let ordered = files.compactMap { entries[$0.name] }
        if let first = contradictions.first, let stated {
            warnings.append(
                .otherNames(
                    path: first.file.path(percentEncoded: false), others: contradictions.count - 1,
                    predicted: first.structures, stated: stated))
        }
        let assumed = ordered.filter { $0.basis == .assumed }
        if let first = assumed.first {
            warnings.append(
                .assumedNames(
                    path: first.file.path(percentEncoded: false), others: assumed.count - 1,
                    assumed: truth.structures, dataset: root))
        }
        if let entry = ordered.first(where: { $0.matching.numbersDiffer }) {
            notes.append(
                .matchedByName(
                    predicted: entry.matching.predicted, dataset: root, known: truth.structures))
        }
        guard let matching = ordered.first?.matching else { return }
        if !matching.onlyPredicted.isEmpty {
            warnings.append(.onlyPredicted(dataset: root, matching.onlyPredicted))
        }
        if !matching.onlyReference.isEmpty {
            warnings.append(.onlyReference(dataset: root, matching.onlyReference))
        }
    }
}
