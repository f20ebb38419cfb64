import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import Scoring

/// Scores a folder of predictions against a dataset.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`; for pictures `.png` or `.tif`) belongs to the case `X`; each
/// frame of a 4D prediction belongs to the case of its own name, such as `X_frame01`. Cases without a prediction are
/// counted but not scored; predictions without a reference get volumes only. Labels are matched to structures by name,
/// whatever their numbers; see `PredictionManifest`. References are checked as in training.
public struct EvaluationJob {
    /// The folder of predictions.
    public let predictions: URL
    /// The dataset with the references.
    public let truth: Dataset
    /// The folder of probabilities `X_prob.nii.gz`, for the loss; nil for none.
    public var probabilities: URL?
    /// The structures of the predictions' labels, for predictions that do not state them or state them wrongly; the
    /// probabilities' channels are then in the order of the labels. If nil, the predictions' own are used.
    public var predictionStructures: [Structure]?

    /// The result of an evaluation.
    public struct Result: Sendable {
        /// The scores.
        public let evaluation: Evaluation
        /// Predictions that could not be scored.
        public let failures: [EvaluationFailure]
        /// Oddities that were scored anyway.
        public let warnings: [EvaluationWarning]
        /// Normal things that were done.
        public let notes: [EvaluationNote]
        /// Cases of the dataset with a reference but no prediction.
        public let unpredicted: [String]
    }

    /// Creates a job that compares the files in `predictions` with the references of `truth`.
    public init(predictions: URL, truth: Dataset, probabilities: URL? = nil) {
        self.predictions = predictions
        self.truth = truth
        self.probabilities = probabilities
    }

    /// Scores every prediction, in the order of their names.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` if there is no prediction or none belongs to the dataset;
    ///   `.noCommonStructure` and `.predictionsDiffer` if labels cannot be matched by name; `.badManifest`.
    public func run() throws -> Result {
        let found = try PredictionFiles(in: predictions, truth: truth)
        let known = Dictionary((truth.cases + truth.cases.flatMap(\.frames)).map { ($0.id, $0) }) {
            first, _ in
            first
        }
        // Frames without labels in the dataset still belong to its patients.
        let patients = Dictionary(truth.cases.map { ($0.id.seriesName, $0.patient) }) { first, _ in first }
        // A series is reported as unlabeled only if none of its frames has labels.
        let unlabeled = UnlabeledPredictions(
            found.files.filter { file in
                !file.isSeries
                    || !file.frames.isEmpty && !file.frames.contains { known[$0.name]?.reference != nil }
            }.map(\.name), truth: truth)
        guard found.names.contains(where: { known[$0] != nil }) else {
            throw SegmentationError.nothingToEvaluate(
                path: predictions.path(percentEncoded: false), .unlabeled(unlabeled))
        }
        let labels = try PredictionLabels(
            of: found.files.map { ($0.name, $0.url) }, in: predictions,
            stated: predictionStructures?.sorted { $0.label < $1.label }, truth: truth)
        var cases: [Evaluation.Case] = []
        var failures: [EvaluationFailure] = []
        var warnings = labels.warnings + found.warnings
        var overruled: [OtherNames] = []
        for file in found.files {
            guard let matching = labels.matching(of: file.name) else { continue }
            // The frames of a series follow one another, so each of its files is read once.
            var (reader, truthReader) = (ScanReader(), ScanReader())
            for (name, index) in file.frames {
                do {
                    let prediction = try prediction(file.url, frame: index, with: &reader)
                    let item = known[name]
                    let reference = try item.flatMap {
                        try self.reference(of: $0, &overruled, with: &truthReader)
                    }
                    if let item, reference != nil, let warning = misplacement(of: prediction, from: item),
                        warnings.last?.description != warning.description
                    {
                        warnings.append(warning)
                    }
                    var scores = try score(name, prediction, reference, item, matching)
                    scores.patient = item?.patient ?? patients[name.seriesName]
                    cases.append(scores)
                } catch {
                    let failure = EvaluationFailure(
                        prediction: file.url.path(percentEncoded: false),
                        reference: known[name]?.reference?.path(percentEncoded: false), error: error)
                    // A failure of a whole series is reported once.
                    if failures.last?.description != failure.description { failures.append(failure) }
                }
            }
        }
        if let first = overruled.first {
            let others = Set(overruled).count - 1
            warnings.append(.overruled(first, others: others))
        }
        if !unlabeled.predictions.isEmpty { warnings.append(.unlabeled(unlabeled)) }
        let predicted = Set(found.names)
        return Result(
            evaluation: Evaluation(
                structures: labels.common, cases: cases,
                distanceUnit: truth.isImages ? .pixel : .millimeter, matchings: labels.matchings),
            failures: failures, warnings: warnings, notes: labels.notes,
            unpredicted: truth.cases.filter { $0.reference != nil && !predicted.contains($0.id) }.map(\.id))
    }

    private func score(
        _ name: String, _ prediction: LabelScan, _ reference: LabelMap?, _ item: Case?,
        _ matching: LabelMatching
    ) throws -> Evaluation.Case {
        try Evaluation.Case(
            name: name, phase: item?.phase.flatMap { Evaluation.Phase(rawValue: $0.rawValue) },
            prediction: matching.prediction(prediction.labelMap(), name: name),
            reference: reference.map { try matching.reference($0, name: name) },
            probabilities: reference == nil ? nil : try readProbabilities(name, matching),
            structures: matching.common)
    }

    /// Returns the labels of a case, read and checked as for training; nil if it has none.
    private func reference(
        of item: Case, _ overruled: inout [OtherNames], with reader: inout ScanReader
    ) throws -> LabelMap? {
        guard item.reference != nil else { return nil }
        let loaded = try item.load(structures: truth.structures, with: &reader)
        try loaded.checkSize(classes: truth.structures.count + 1)
        if let names = loaded.overruledNames { overruled.append(names) }
        return loaded.labels
    }

    /// Returns the labels of a prediction, or of the frame `frame` (from 0) of a series. If `frame` is nil, the file
    /// must have one frame, since the one meant would be unknown.
    private func prediction(_ url: URL, frame: Int?, with reader: inout ScanReader) throws -> LabelScan {
        let labels = try reader.labels(in: url, frame: frame)
        guard labels.frameCount == 1 else {
            throw ScanError.series(path: url.path(percentEncoded: false), frames: labels.frameCount)
        }
        guard !truth.isImages || labels.values.allSatisfy({ $0 <= 255 }) else {
            throw SegmentationError.nothingToEvaluate(
                path: url.path(percentEncoded: false), .valuesAboveLabels)
        }
        return labels
    }

    /// Returns a warning if the headers place the prediction elsewhere than the reference; nil if they agree or one
    /// states no position. Files with different grids are refused later.
    private func misplacement(of prediction: LabelScan, from item: Case) -> EvaluationWarning? {
        guard let one = prediction.placement, let file = item.reference,
            let header = try? ScanHeader(contentsOf: file), header.extent == prediction.extent,
            let grid = try? header.geometry(), let other = header.template.flatMap(Placement.init(header:)),
            let offset = GridOffset(of: one, from: other, on: grid)
        else { return nil }
        return .misplaced(
            prediction: prediction.url.path(percentEncoded: false),
            reference: file.path(percentEncoded: false),
            offset)
    }

    /// Returns the probabilities of the scored structures, in their order.
    private func readProbabilities(_ name: String, _ matching: LabelMatching) throws -> ProbabilityMap? {
        guard let probabilities else { return nil }
        guard !truth.isImages else {
            let map = try ProbabilityMap(
                picture: probabilities.appending(path: "\(name)_prob.tif"),
                channels: Plan.outputChannels(for: matching.predicted))
            return try matching.probabilities(map, name: name)
        }
        let image = try NIfTIImage(contentsOf: probabilities.appending(path: "\(name)_prob.nii.gz"))
        // The channels are in the network's order, which may differ from that in the file of labels.
        let order = image.header.structures.map { own in
            own.compactMap { channel in matching.predicted.first { $0.label == channel.label } }
        }
        let ordered = order.flatMap { order in
            order.count == matching.predicted.count
                ? LabelMatching(predicted: order, reference: matching.reference) : nil
        }
        return try (ordered ?? matching).probabilities(ProbabilityMap(image: image), name: name)
    }
}
