import Datasets
import Files
import Foundation
import Imaging
import NIfTI
import Scans
import Scoring

/// Scores a folder of predictions against a dataset.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`; for pictures `.png` or `.tif`) belongs to the case `X`. Cases without a prediction are not
/// scored but counted; predictions without a reference have volumes only. Labels stand for structures by name, see
/// `PredictionManifest`, whatever their numbers are.
public struct EvaluationJob {
    /// Folder of predictions.
    public let predictions: URL
    /// The dataset with the references.
    public let truth: DataSet
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
    public init(predictions: URL, truth: DataSet, probabilities: URL? = nil) {
        self.predictions = predictions
        self.truth = truth
        self.probabilities = probabilities
    }

    /// Scores every prediction, in the order of names.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` where there is no prediction, or none belongs to the dataset;
    ///   `.noCommonStructure` and `.predictionsDiffer` where labels cannot be matched by name, `.badManifest`.
    public func run() throws -> Result {
        let path = predictions.path(percentEncoded: false)
        let files = try predictionFiles()
        guard !files.isEmpty else { throw SegmentationError.nothingToEvaluate(path: path, .noPrediction) }
        let known = Dictionary(truth.cases.map { ($0.id, $0) }) { first, _ in first }
        let unlabeled = UnlabeledPredictions(files.map(\.name), truth: truth)
        guard files.contains(where: { known[$0.name] != nil }) else {
            throw SegmentationError.nothingToEvaluate(path: path, .unlabeled(unlabeled))
        }
        let labels = try PredictionLabels(
            of: files, in: predictions, stated: predictionStructures?.sorted { $0.label < $1.label },
            truth: truth)
        var cases: [Evaluation.Case] = []
        var failures: [EvaluationFailure] = []
        var warnings = labels.warnings
        for (name, url) in files {
            do {
                guard let matching = labels.matching(of: name) else { continue }
                cases.append(try score(name, url, known[name], matching, warnings: &warnings))
            } catch {
                failures.append(
                    EvaluationFailure(
                        prediction: url.path(percentEncoded: false),
                        reference: known[name]?.reference?.path(percentEncoded: false), error: error))
            }
        }
        if !unlabeled.predictions.isEmpty { warnings.append(.unlabeled(unlabeled)) }
        let predicted = Set(files.map(\.name))
        return Result(
            evaluation: Evaluation(
                structures: labels.common, cases: cases,
                distanceUnit: truth.isImages ? .pixel : .millimetre, matchings: labels.matchings),
            failures: failures, warnings: warnings, notes: labels.notes,
            unpredicted: truth.cases.filter { $0.reference != nil && !predicted.contains($0.id) }.map(\.id))
    }

    private func score(
        _ name: String, _ url: URL, _ item: Case?, _ matching: LabelMatching,
        warnings: inout [EvaluationWarning]
    ) throws -> Evaluation.Case {
        guard ScanFormat.isPicture(url) || !truth.isImages else {
            throw SegmentationError.nothingToEvaluate(path: url.path(percentEncoded: false), .notAPicture)
        }
        let (prediction, reference) =
            ScanFormat.isPicture(url)
            ? try readPictures(url, item) : try readVolumes(url, item, warnings: &warnings)
        return try Evaluation.Case(
            name: name, patient: item?.patient,
            phase: item?.phase.flatMap { Evaluation.Phase(rawValue: $0.rawValue) },
            prediction: matching.prediction(prediction, name: name),
            reference: reference.map { try matching.reference($0, name: name) },
            probabilities: reference == nil ? nil : try readProbabilities(name, matching),
            structures: matching.common)
    }

    private func readVolumes(_ url: URL, _ item: Case?, warnings: inout [EvaluationWarning]) throws
        -> (prediction: LabelMap, reference: LabelMap?)
    {
        let prediction = try readFrame(url)
        let reference = try item?.reference.map { try readFrame($0, index: item?.frameIndex) }
        if let reference, let offset = offset(of: prediction, from: reference) {
            warnings.append(
                .misplaced(
                    prediction: url.path(percentEncoded: false),
                    reference: reference.url.path(percentEncoded: false), offset))
        }
        return (try prediction.labelMap(), try reference?.labelMap())
    }

    private func readPictures(_ url: URL, _ item: Case?) throws -> (
        prediction: LabelMap, reference: LabelMap?
    ) {
        let picture = try LabelScan(contentsOf: url)
        guard picture.values.allSatisfy({ $0 <= 255 }) else {
            throw SegmentationError.nothingToEvaluate(
                path: url.path(percentEncoded: false), .valuesAboveLabels)
        }
        return (
            try picture.labelMap(),
            try item.flatMap { try $0.loadLabels(structures: truth.structures)?.labels }
        )
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

    /// Labels are scored frame by frame: of a series nobody could say which frame was meant, unless `index` does, from 0.
    private func readFrame(_ url: URL, index: Int? = nil) throws -> LabelScan {
        var reader = ScanReader()
        let labels = try reader.labels(in: url, frame: index)
        guard labels.frameCount == 1 else {
            throw ScanError.series(path: url.path(percentEncoded: false), frames: labels.frameCount)
        }
        return labels
    }

    /// How far the prediction lies from the reference by their headers; nil where they agree or one says nothing. Files
    /// with another grid are refused later.
    private func offset(of prediction: LabelScan, from reference: LabelScan) -> GridOffset? {
        guard prediction.extent == reference.extent, reference.template?.hasSpacing == true,
            let one = prediction.placement, let other = reference.placement
        else { return nil }
        return GridOffset(
            of: one, from: other, on: Geometry(extent: reference.extent, spacing: reference.spacing))
    }

    /// Files that may be predictions, by case, in order. A plain `X` gives way to `X_pred`.
    private func predictionFiles() throws -> [(name: String, url: URL)] {
        let listing: Folder.Listing
        do { listing = try Folder.list(predictions) } catch {
            throw SegmentationError.nothingToEvaluate(
                path: predictions.path(percentEncoded: false), .notAFolder)
        }
        var plain: [String: URL] = [:]
        var named: [String: URL] = [:]
        // They are sorted, so that of two files with one stem the choice does not depend on the disk: .nii.gz wins.
        for entry in listing.distinct where entry.kind == .file {
            let url = predictions.appending(path: entry.name)
            guard url.hasNIfTIEnding || ScanFormat.isPicture(url) else { continue }
            let stem = url.imageStem
            if ["_prob", "_gt", "-gt", "_seg", "_overlay"].contains(where: stem.hasSuffix) { continue }
            if stem.hasSuffix("_pred") { named[String(stem.dropLast(5))] = url } else { plain[stem] = url }
        }
        return plain.merging(named) { _, pred in pred }.map { (name: $0.key, url: $0.value) }
            .sorted { $0.name < $1.name }
    }
}
