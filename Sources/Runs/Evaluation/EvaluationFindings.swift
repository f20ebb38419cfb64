import Datasets
import Foundation
import Imaging
import Scans
import Scoring

/// A prediction that could not be scored.
public struct EvaluationFailure: Error {
    /// The prediction's file.
    public let prediction: String
    /// The file of its reference; nil where there is none.
    public let reference: String?
    /// Why.
    public let error: any Error
}

extension EvaluationFailure: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file or the case.
    public var description: String { text(of: String(describing: error)) }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// The sentence, where the error's own is `sentence`.
    package func text(of sentence: String) -> String {
        // Errors of scoring name the case; which files were compared is for whoever must fix them.
        error is ScoringError
            ? "\(sentence) (\([prediction, reference].compactMap(\.self).joined(separator: ", ")))" : sentence
    }
}

/// What is odd about predictions that were scored all the same.
public enum EvaluationWarning: Sendable {
    /// These predictions have no labels in the dataset, and no scores.
    case unlabeled(UnlabeledPredictions)
    /// A prediction and its reference lie apart by their headers.
    case misplaced(prediction: String, reference: String, GridOffset)
    /// A reference, and `others` more, names its labels otherwise than was stated.
    case overruled(OtherNames, others: Int)
    /// Frames of the series `prediction`, `first` and `others` more, of which `kept` is a prediction as well.
    case framesSkipped(prediction: String, first: String, others: Int, kept: String)
    /// Predictions, this and `others` more, name their labels otherwise than was stated.
    case otherNames(path: String, others: Int, predicted: [Structure], stated: [Structure])
    /// Predictions, this and `others` more, do not name their labels, which are taken for those of `dataset`.
    case assumedNames(path: String, others: Int, assumed: [Structure], dataset: String)
    /// The dataset lacks structures that were predicted.
    case onlyPredicted(dataset: String, [Structure])
    /// The predictions lack structures that the dataset has.
    case onlyReference(dataset: String, [Structure])
}

extension EvaluationWarning: CustomStringConvertible {
    /// A sentence about it.
    public var description: String { text(basis: "as stated", naming: "name them") }

    /// The sentence.
    ///
    /// - Parameters:
    ///   - basis: where the names that were stated come from.
    ///   - naming: how to name them.
    package func text(basis: String, naming: String) -> String {
        switch self {
        case .unlabeled(let found):
            "\(found); \(found.predictions.count == 1 ? "its" : "their") volumes are reported without scores"
        case .misplaced(let prediction, let reference, let offset):
            "\(prediction) and \(reference) lie \(offset) according to their headers; scored voxel by voxel anyway"
        case .overruled(let names, let others):
            "\(names)\(others > 0 ? "; \(others) other file\(others == 1 ? " is" : "s are") like this" : "")"
        case .framesSkipped(let prediction, let first, let others, let kept):
            "\(prediction): \(first)\(others > 0 ? " and \(others) other frame\(others == 1 ? "" : "s")" : "") \(others > 0 ? "are" : "is") skipped because \(kept) is a prediction of it"
        case .otherNames(let path, let others, let predicted, let stated):
            "\(path)\(Self.more(others)): the labels were predicted as \(predicted.text), but are scored as \(stated.text), \(basis)"
        case .assumedNames(let path, let others, let assumed, let dataset):
            "\(path)\(Self.more(others)) do\(others > 0 ? "" : "es") not name \(others > 0 ? "their" : "its") labels, so \(assumed.text) is assumed, as in \(dataset); if that is wrong, \(naming)"
        case .onlyPredicted(let dataset, let structures):
            "\(dataset): has no \(Self.names(structures)), so \(structures.count == 1 ? "that label counts" : "those labels count") as background in the predictions"
        case .onlyReference(let dataset, let structures):
            "the predictions have no \(Self.names(structures)), so \(structures.count == 1 ? "that label" : "those labels") of \(dataset) \(structures.count == 1 ? "is" : "are") not scored"
        }
    }

    private static func more(_ others: Int) -> String {
        others > 0 ? " and \(others) other\(others == 1 ? "" : "s")" : ""
    }

    private static func names(_ structures: [Structure]) -> String {
        structures.map(\.name).joined(separator: ", ")
    }
}

/// What was done with predictions, and is as it should be.
public enum EvaluationNote: Sendable {
    /// Labels that have other numbers in the dataset were matched by their names.
    case matchedByName(predicted: [Structure], dataset: String, known: [Structure])
}

extension EvaluationNote: CustomStringConvertible {
    /// A sentence about it.
    public var description: String {
        switch self {
        case .matchedByName(let predicted, let dataset, let known):
            "labels are matched by name: \(predicted.text) in the predictions, \(known.text) in \(dataset)"
        }
    }
}
