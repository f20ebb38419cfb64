import Datasets
import Foundation
import Imaging
import Scans
import Scoring

/// A prediction that could not be scored.
public struct EvaluationFailure: Error {
    /// The prediction's file.
    public let prediction: String
    /// The file of its reference; nil if it has none.
    public let reference: String?
    /// The reason.
    public let error: any Error
}

extension EvaluationFailure: CustomStringConvertible, LocalizedError {
    /// A sentence that names the file or the case.
    public var description: String { text(of: String(describing: error)) }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// Returns the description, given `sentence` as the error's own description.
    package func text(of sentence: String) -> String {
        // Scoring errors name only the case; whoever fixes them needs the files too.
        error is ScoringError
            ? "\(sentence) (\([prediction, reference].compactMap(\.self).joined(separator: ", ")))" : sentence
    }
}

/// An oddity of predictions that were scored anyway.
public enum EvaluationWarning: Sendable {
    /// Predictions without labels in the dataset, and so without scores.
    case unlabeled(UnlabeledPredictions)
    /// A prediction and its reference whose headers place them apart.
    case misplaced(prediction: String, reference: String, GridOffset)
    /// A reference, and `others` more, whose names for the labels differ from those stated.
    case overruled(OtherNames, others: Int)
    /// Frames of the series `prediction`, `first` and `others` more, that `kept` predicts too.
    case framesSkipped(prediction: String, first: String, others: Int, kept: String)
    /// A prediction, and `others` more, whose names for the labels differ from those stated.
    case otherNames(path: String, others: Int, predicted: [Structure], stated: [Structure])
    /// A prediction, and `others` more, that do not name their labels, which are assumed to be those of `dataset`.
    case assumedNames(path: String, others: Int, assumed: [Structure], dataset: String)
    /// Structures that were predicted but that the dataset lacks.
    case onlyPredicted(dataset: String, [Structure])
    /// Structures of the dataset that the predictions lack.
    case onlyReference(dataset: String, [Structure])
}

extension EvaluationWarning: CustomStringConvertible {
    /// A sentence that describes it.
    public var description: String { text(basis: "as stated", naming: "name them") }

    /// Returns the description.
    ///
    /// - Parameters:
    ///   - basis: the origin of the stated names.
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

/// Something normal that was done with predictions.
public enum EvaluationNote: Sendable {
    /// Labels with other numbers in the dataset were matched by name.
    case matchedByName(predicted: [Structure], dataset: String, known: [Structure])
}

extension EvaluationNote: CustomStringConvertible {
    /// A sentence that describes it.
    public var description: String {
        switch self {
        case .matchedByName(let predicted, let dataset, let known):
            "labels are matched by name: \(predicted.text) in the predictions, \(known.text) in \(dataset)"
        }
    }
}
