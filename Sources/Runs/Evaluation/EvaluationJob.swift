import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import Scoring

/// Scores a folder of predictions against a dataset.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`; for pictures `.png` or `.tif`) belongs to the case `X`; of a 4D
/// prediction every frame belongs to the case of its own name, such as `X_frame01`. Cases without a prediction are not
/// scored but counted; predictions without a reference have volumes only. Labels stand for structures by name, see
/// `PredictionManifest`, whatever their numbers are. References are checked as training checks them.
public struct EvaluationJob {
    /// Folder of predictions.
    public let predictions: URL
    /// The dataset with the references.
    public let truth: Dataset
    /// Folder of probabilities `X_prob.nii.gz`, for the loss; nil for none.
    public var probabilities: URL?
    /// What the labels of the predictions mean, where they do not say it or say it wrongly; the probabilities' channels
    /// are then in the order of the labels. Nil takes what the predictions say.
    public var predictionStructures: [Structure]?

    /// What came out.
    public struct Result: Sendable {
        /// The scores.
        public let evaluation: Evaluation
        /// Predictions that could not be scored.
        public let failures: [EvaluationFailure]
        /// What is odd but was scored.
        public let warnings: [EvaluationWarning]
        /// What was done, and is as it should be.
        public let notes: [EvaluationNote]
        /// Cases of the data set with a reference but no prediction.
        public let unpredicted: [String]
    }

    /// A job that compares the files in `predictions` with the references of `truth`.
    public init(predictions: URL, truth: Dataset, probabilities: URL? = nil) {
        self.predictions = predictions
        self.truth = truth
        self.probabilities = probabilities
    }

    /// Scores every prediction, in the order of names.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` where there is no prediction, or none belongs to the dataset;
    ///   `.noCommonStructure` and `.predictionsDiffer` where labels cannot be matched by name, `.badManifest`.
    public func run() throws -> Result {
        let found = try PredictionFiles(in: predictions, truth: truth)
        let known = Dictionary((truth.cases + truth.cases.flatMap(\.frames)).map { ($0.id, $0) }) {
            first, _ in
            first
        }
        // Frames that the dataset has no labels of are its patients' all the same.
        let patients = Dictionary(truth.cases.map { ($0.id.seriesName, $0.patient) }) { first, _ in first }
        // A series of which any frame has labels is as it should be; of another one is said that it has none.
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
            // The frames of a series come one after the other, so that its files are read once.
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
                    // What is wrong with a whole series is said once.
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

    /// The labels of a case, read and checked as for training; nil where there are none.
    private func reference(
        of item: Case, _ overruled: inout [OtherNames], with reader: inout ScanReader
    ) throws -> LabelMap? {
        guard item.reference != nil else { return nil }
        let loaded = try item.load(structures: truth.structures, with: &reader)
        try loaded.checkSize(classes: truth.structures.count + 1)
        if let names = loaded.overruledNames { overruled.append(names) }
        return loaded.labels
    }

    /// The labels of one prediction; of a series, of its frame `frame`, from 0. Without that labels are of one frame:
    /// nobody could say which was meant.
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

    /// A sentence about a prediction that lies elsewhere than the reference by their headers; nil where they agree or
    /// one says nothing. Files with another grid are refused later.
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

    /// The probabilities of the structures that are scored, in their order.
    private func readProbabilities(_ name: String, _ matching: LabelMatching) throws -> ProbabilityMap? {
        guard let probabilities else { return nil }
        guard !truth.isImages else {
            let map = try ProbabilityMap(
                picture: probabilities.appending(path: "\(name)_prob.tif"),
                channels: Plan.outputChannels(for: matching.predicted))
            return try matching.probabilities(map, name: name)
        }
        let image = try NIfTIImage(contentsOf: probabilities.appending(path: "\(name)_prob.nii.gz"))
        // The order of the channels is the network's, which the labels' own file need not have.
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
