import Datasets
import Foundation
import Imaging
import NIfTI
import Scoring

/// Scores a folder of predictions against a data set.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`) belongs to the case `X`. Cases without a prediction are not
/// scored but counted; predictions without a reference have volumes only.
public struct EvaluationJob {
    /// Folder of predictions.
    public let predictions: URL
    /// The data set with the references.
    public let truth: DataSet
    /// Folder of probabilities `X_prob.nii.gz`, for the loss; nil for none.
    public var probabilities: URL?

    /// What came out.
    public struct Result: Sendable {
        /// The scores.
        public let evaluation: Evaluation
        /// Sentences about predictions that could not be scored; each names its file.
        public let failures: [String]
        /// Sentences about what is odd but was scored.
        public let warnings: [String]
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
    /// - Throws: `SegmentationError.nothingToEvaluate` where there is no prediction, or none belongs to the data set.
    public func run() throws -> Result {
        let path = predictions.path(percentEncoded: false)
        let files = try predictionFiles()
        guard !files.isEmpty else {
            throw SegmentationError.nothingToEvaluate(
                path: path,
                reason:
                    "holds no prediction (X_pred.nii.gz or X.nii.gz); give the folder that unet predict wrote"
            )
        }
        let known = Dictionary(truth.cases.map { ($0.id, $0) }) { first, _ in first }
        guard files.contains(where: { known[$0.name] != nil }) else {
            throw SegmentationError.nothingToEvaluate(
                path: path,
                reason:
                    "no prediction in it belongs to a case of \(truth.root.path(percentEncoded: false)) (such as \(files[0].name)); give the data set they were predicted from"
            )
        }
        var cases: [Evaluation.Case] = []
        var failures: [String] = []
        var warnings: [String] = []
        for (name, url) in files {
            do {
                cases.append(try score(name, url, known[name], warnings: &warnings))
            } catch {
                failures.append(String(describing: error))
            }
        }
        let predicted = Set(files.map(\.name))
        return Result(
            evaluation: Evaluation(structures: truth.structures, cases: cases), failures: failures,
            warnings: warnings,
            unpredicted: truth.cases.filter { $0.reference != nil && !predicted.contains($0.id) }.map(\.id))
    }

    private func score(_ name: String, _ url: URL, _ item: Case?, warnings: inout [String]) throws
        -> Evaluation.Case
    {
        let image = try NIfTIImage(contentsOf: url)
        let prediction = try LabelMap(image: image)
        let reference = try item?.reference.map { try NIfTIImage(contentsOf: $0) }
        if let reference, let file = item?.reference, reference.header.affine != image.header.affine {
            warnings.append(
                "\(url.path(percentEncoded: false)): its orientation (affine) differs from that of \(file.lastPathComponent); scored voxel by voxel all the same"
            )
        }
        return try Evaluation.Case(
            name: name, patient: item?.patient,
            phase: item?.phase.flatMap { Evaluation.Phase(rawValue: $0.rawValue) },
            prediction: prediction, reference: try reference.map { try LabelMap(image: $0) },
            probabilities: reference == nil ? nil : try readProbabilities(name), structures: truth.structures)
    }

    private func readProbabilities(_ name: String) throws -> ProbabilityMap? {
        guard let probabilities else { return nil }
        let image = try NIfTIImage(contentsOf: probabilities.appending(path: "\(name)_prob.nii.gz"))
        let first = try Volume(image: image, frame: 0)
        let values = try (0..<image.frameCount).flatMap { try image.floats(frame: $0) }
        return ProbabilityMap(geometry: first.geometry, channels: image.frameCount, values: values)
    }

    /// Files that may be predictions, by case, in order. A plain `X` gives way to `X_pred`.
    private func predictionFiles() throws -> [(name: String, url: URL)] {
        let manager = FileManager.default
        let entries: [URL]
        do {
            entries = try manager.contentsOfDirectory(
                at: predictions, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        } catch {
            throw SegmentationError.nothingToEvaluate(
                path: predictions.path(percentEncoded: false), reason: "is not a folder that can be read")
        }
        var plain: [String: URL] = [:]
        var named: [String: URL] = [:]
        for url in entries where url.hasNIfTIEnding {
            let stem = url.niftiStem
            if stem.hasSuffix("_prob") || stem.hasSuffix("_gt") { continue }
            if stem.hasSuffix("_pred") { named[String(stem.dropLast(5))] = url } else { plain[stem] = url }
        }
        return plain.merging(named) { _, pred in pred }.map { (name: $0.key, url: $0.value) }
            .sorted { $0.name < $1.name }
    }
}
