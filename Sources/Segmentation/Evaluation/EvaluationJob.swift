import Datasets
import Foundation
import Imaging
import NIfTI
import Scoring

/// Scores a folder of predictions against a data set.
///
/// A prediction `X_pred.nii.gz` (or plain `X.nii.gz`; for pictures `.png` or `.tif`) belongs to the case `X`. Cases without a prediction are not
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
            } catch let error as ScoringError {
                // It names the case; which files were compared is for the one who must mend them.
                let files = [url, known[name]?.reference].compactMap { $0?.path(percentEncoded: false) }
                failures.append("\(error) (\(files.joined(separator: ", ")))")
            } catch {
                failures.append(String(describing: error))
            }
        }
        let predicted = Set(files.map(\.name))
        return Result(
            evaluation: Evaluation(
                structures: truth.structures, cases: cases,
                distanceUnit: truth.isImages ? .pixel : .millimetre), failures: failures,
            warnings: warnings,
            unpredicted: truth.cases.filter { $0.reference != nil && !predicted.contains($0.id) }.map(\.id))
    }

    private func score(_ name: String, _ url: URL, _ item: Case?, warnings: inout [String]) throws
        -> Evaluation.Case
    {
        guard ImageFile.isPicture(url) || !truth.isImages else {
            throw SegmentationError.nothingToEvaluate(
                path: url.path(percentEncoded: false),
                reason:
                    "is NIfTI, and the data set holds pictures, whose predictions are .png or .tif; give the folder that unet predict wrote"
            )
        }
        let (prediction, reference) =
            ImageFile.isPicture(url)
            ? try readPictures(url, item) : try readVolumes(url, item, warnings: &warnings)
        return try Evaluation.Case(
            name: name, patient: item?.patient,
            phase: item?.phase.flatMap { Evaluation.Phase(rawValue: $0.rawValue) },
            prediction: prediction, reference: reference,
            probabilities: reference == nil ? nil : try readProbabilities(name), structures: truth.structures)
    }

    private func readVolumes(_ url: URL, _ item: Case?, warnings: inout [String]) throws
        -> (prediction: LabelMap, reference: LabelMap?)
    {
        let image = try readFrame(url)
        let reference = try item?.reference.map { try readFrame($0, index: item?.frameIndex) }
        if let reference, let file = item?.reference, !haveSameAffine(reference, image) {
            warnings.append(
                "\(url.path(percentEncoded: false)): its orientation (affine) differs from that of \(file.lastPathComponent); scored voxel by voxel all the same"
            )
        }
        return (try LabelMap(image: image), try reference.map { try LabelMap(image: $0) })
    }

    private func readPictures(_ url: URL, _ item: Case?) throws -> (
        prediction: LabelMap, reference: LabelMap?
    ) {
        let picture = try LabelPicture(contentsOf: url)
        guard let labels = picture.labelMap else {
            throw SegmentationError.nothingToEvaluate(
                path: url.path(percentEncoded: false),
                reason: "has values above 255, which are no labels; give the folder that unet predict wrote")
        }
        return (labels, try item.flatMap { try truth.load($0).labels })
    }

    private func readProbabilities(_ name: String) throws -> ProbabilityMap? {
        guard let probabilities else { return nil }
        guard truth.isImages else {
            return try ProbabilityMap(
                image: NIfTIImage(contentsOf: probabilities.appending(path: "\(name)_prob.nii.gz")))
        }
        return try ProbabilityMap(
            picture: probabilities.appending(path: "\(name)_prob.tif"),
            channels: Plan.outputChannels(for: truth.structures))
    }

    /// Labels are scored frame by frame: of a series nobody could say which frame was meant, unless `index` does, from 0.
    private func readFrame(_ url: URL, index: Int? = nil) throws -> NIfTIImage {
        var image = try NIfTIImage(contentsOf: url)
        if let index, image.frameCount > 1 { image = try image.extracting(frame: index) }
        guard image.frameCount == 1 else {
            throw DatasetError.series(path: url.path(percentEncoded: false), frames: image.frameCount)
        }
        return image
    }

    /// Whether the affines agree but for rounding, a thousandth of a unit.
    private func haveSameAffine(_ one: NIfTIImage, _ other: NIfTIImage) -> Bool {
        zip(one.header.affine, other.header.affine).allSatisfy { abs($0 - $1) <= 1e-3 }
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
                path: predictions.path(percentEncoded: false),
                reason: "is not a folder that can be read; give the folder that unet predict wrote")
        }
        var plain: [String: URL] = [:]
        var named: [String: URL] = [:]
        // Sorted, so that of two files with one stem the choice does not depend on the disk: .nii.gz wins.
        let files = entries.filter { $0.hasNIfTIEnding || ImageFile.isPicture($0) }.sorted {
            $0.lastPathComponent < $1.lastPathComponent
        }
        for url in files {
            let stem = url.imageStem
            if ["_prob", "_gt", "-gt", "_seg", "_overlay"].contains(where: stem.hasSuffix) { continue }
            if stem.hasSuffix("_pred") { named[String(stem.dropLast(5))] = url } else { plain[stem] = url }
        }
        return plain.merging(named) { _, pred in pred }.map { (name: $0.key, url: $0.value) }
            .sorted { $0.name < $1.name }
    }
}
