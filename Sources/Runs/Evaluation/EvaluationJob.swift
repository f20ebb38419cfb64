import Datasets
import Foundation
import Imaging
import NIfTI
import Scoring

/// Scores a folder of predictions against a data set.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`; for pictures `.png` or `.tif`) belongs to the case `X`; of a 4D
/// prediction every frame belongs to the case of its own name, such as `X_frame01`. Cases without a prediction are not
/// scored but counted; predictions without a reference have volumes only. Labels stand for structures by name, see
/// `PredictionManifest`, whatever their numbers are. References are checked as training checks them.
public struct EvaluationJob {
    /// Folder of predictions.
    public let predictions: URL
    /// The data set with the references.
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
        /// Sentences about predictions that could not be scored; each names its file.
        public let failures: [String]
        /// Sentences about what is odd but was scored.
        public let warnings: [String]
        /// Sentences about what was done, and is as it should be.
        public let notes: [String]
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
    /// - Throws: `SegmentationError.nothingToEvaluate` where there is no prediction, or none belongs to the data set;
    ///   `.noCommonStructure` and `.predictionsDiffer` where labels cannot be matched by name, `.badManifest`.
    public func run() throws -> Result {
        let found = try PredictionFiles(in: predictions, truth: truth)
        let known = Dictionary((truth.cases + truth.cases.flatMap(\.frames)).map { ($0.id, $0) }) {
            first, _ in
            first
        }
        // Frames that the data set has no labels of are its patients' all the same.
        let patients = Dictionary(truth.cases.map { ($0.id.seriesName, $0.patient) }) { first, _ in first }
        // A series of which any frame has labels is as it should be; of another one is said that it has none.
        let unlabeled = UnlabeledPredictions(
            found.files.filter { file in
                !file.isSeries
                    || !file.frames.isEmpty && !file.frames.contains { known[$0.name]?.reference != nil }
            }.map(\.name), truth: truth)
        guard found.names.contains(where: { known[$0] != nil }) else {
            throw SegmentationError.nothingToEvaluate(
                path: predictions.path(percentEncoded: false), reason: unlabeled.refusal)
        }
        let labels = try PredictionLabels(
            of: found.files.map { ($0.name, $0.url) }, in: predictions,
            stated: predictionStructures?.sorted { $0.label < $1.label }, truth: truth)
        var cases: [Evaluation.Case] = []
        var failures: [String] = []
        var warnings = labels.warnings + found.warnings
        var overruled: [OtherNames] = []
        for file in found.files {
            guard let matching = labels.matching(of: file.name) else { continue }
            // A series is read once.
            var image: NIfTIImage?
            for (name, index) in file.frames {
                do {
                    if !truth.isImages, image == nil { image = try NIfTIImage(contentsOf: file.url) }
                    let prediction = try Prediction(file.url, image: image, frame: index)
                    let item = known[name]
                    let reference = try item.flatMap { try self.reference(of: $0, &overruled) }
                    if let item, reference != nil, let warning = misplacement(of: prediction, from: item),
                        warnings.last != warning
                    {
                        warnings.append(warning)
                    }
                    var scores = try score(name, prediction, reference, item, matching)
                    scores.patient = item?.patient ?? patients[name.seriesName]
                    cases.append(scores)
                } catch let error as ScoringError {
                    // It names the case; which files were compared is for the one who must mend them.
                    let files = [file.url, known[name]?.reference].compactMap {
                        $0?.path(percentEncoded: false)
                    }
                    failures.append("\(error) (\(files.joined(separator: ", ")))")
                } catch {
                    failures.append(String(describing: error))
                    // What is wrong with the file itself is said once.
                    if index != nil, image == nil { break }
                }
            }
        }
        if let first = overruled.first {
            let others = Set(overruled).count - 1
            warnings.append(
                "\(first)\(others > 0 ? "; \(others) other file\(others == 1 ? " is" : "s are") like it" : "")"
            )
        }
        if let warning = unlabeled.warning { warnings.append(warning) }
        let predicted = Set(found.names)
        return Result(
            evaluation: Evaluation(
                structures: labels.common, cases: cases,
                distanceUnit: truth.isImages ? .pixel : .millimetre, matchings: labels.matchings),
            failures: failures, warnings: warnings, notes: labels.notes,
            unpredicted: truth.cases.filter { $0.reference != nil && !predicted.contains($0.id) }.map(\.id))
    }

    private func score(
        _ name: String, _ prediction: Prediction, _ reference: LabelMap?, _ item: Case?,
        _ matching: LabelMatching
    ) throws -> Evaluation.Case {
        try Evaluation.Case(
            name: name, phase: item?.phase.flatMap { Evaluation.Phase(rawValue: $0.rawValue) },
            prediction: matching.prediction(prediction.labels, name: name),
            reference: reference.map { try matching.reference($0, name: name) },
            probabilities: reference == nil ? nil : try readProbabilities(name, matching),
            structures: matching.common)
    }

    /// The labels of a case, read and checked as for training; nil where there are none.
    private func reference(of item: Case, _ overruled: inout [OtherNames]) throws -> LabelMap? {
        guard item.reference != nil else { return nil }
        let loaded = try truth.load(item)
        try loaded.checkSize(classes: truth.structures.count + 1)
        if let names = loaded.overruledNames { overruled.append(names) }
        return loaded.labels
    }

    /// A sentence about a prediction that lies elsewhere than the reference by their headers; nil where they agree or
    /// one says nothing. Files with another grid are refused later.
    private func misplacement(of prediction: Prediction, from item: Case) -> String? {
        guard let header = prediction.header, let file = item.reference,
            let reference = try? NIfTIHeader(contentsOf: file), header.grid == reference.grid,
            let grid = try? Geometry(header: reference), let one = Placement(header: header),
            let other = Placement(header: reference), let offset = GridOffset(of: one, from: other, on: grid)
        else { return nil }
        return
            "\(prediction.url.path(percentEncoded: false)) and \(file.path(percentEncoded: false)) lie \(offset) according to their headers; scored voxel by voxel anyway"
    }

    /// The labels of one prediction.
    private struct Prediction {
        let url: URL
        let labels: LabelMap
        /// Nil for pictures.
        let header: NIfTIHeader?

        /// - Parameters:
        ///   - image: the file, unless it is a picture.
        ///   - frame: the frame of a series that is meant, from 0. Without it labels are of one frame: nobody could say
        ///     which was meant.
        init(_ url: URL, image: NIfTIImage?, frame: Int?) throws {
            self.url = url
            guard let image else {
                let picture = try LabelPicture(contentsOf: url)
                guard let labels = picture.labelMap else {
                    throw SegmentationError.nothingToEvaluate(
                        path: url.path(percentEncoded: false),
                        reason:
                            "has values above 255, which are no labels; give the folder that unet predict wrote"
                    )
                }
                self.labels = labels
                header = nil
                return
            }
            let single = try frame.map { try image.extracting(frame: $0) } ?? image
            guard single.frameCount == 1 else {
                throw DatasetError.series(path: url.path(percentEncoded: false), frames: single.frameCount)
            }
            labels = try LabelMap(image: single)
            header = single.header
        }
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
