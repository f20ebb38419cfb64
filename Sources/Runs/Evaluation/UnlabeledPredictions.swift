import Datasets
import Foundation

/// Predictions without ground truth in a dataset, with the reasons.
public struct UnlabeledPredictions: Sendable, Equatable {
    /// A reason why a prediction has no ground truth.
    public enum Reason: Sendable, Equatable {
        /// The dataset has no scan of that name.
        case noScan
        /// The dataset has no labels for the scan.
        case noLabels
        /// The dataset has labels only for other frames of the scan, those of these cases.
        case otherFrames([String])
    }

    /// The dataset.
    public let dataset: String
    /// The names of the predictions, in their order, with the reason for each.
    public let predictions: [(name: String, reason: Reason)]

    /// Finds those of the predictions `names` for which `truth` has no labels.
    init(_ names: [String], truth: Dataset) {
        dataset = truth.root.path(percentEncoded: false)
        let cases = Dictionary(truth.cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // The rule for naming cases tells which scan is meant: other frames of it, or else its patient's scans.
        let series = Dictionary(grouping: truth.cases) { $0.id.seriesName }
        let patients = Dictionary(grouping: truth.cases) { $0.id.patient }
        predictions = names.compactMap { name in
            if let item = cases[name] { return item.reference == nil ? (name, .noLabels) : nil }
            guard let others = series[name.seriesName] ?? patients[name.patient] else {
                return (name, .noScan)
            }
            let labeled = others.filter { $0.reference != nil }.map(\.id)
            return (name, labeled.isEmpty ? .noLabels : .otherFrames(labeled))
        }
    }

    /// Returns whether both have the same predictions with the same reasons.
    public static func == (one: Self, other: Self) -> Bool {
        one.dataset == other.dataset && one.predictions.elementsEqual(other.predictions, by: ==)
    }
}

extension UnlabeledPredictions: CustomStringConvertible {
    /// What the first prediction lacks and the number of others, as a clause.
    public var description: String {
        guard let first = predictions.first else { return "it is empty" }
        let others = predictions.count - 1
        let clause = clause(first.name, first.reason)
        guard others > 0 else { return clause }
        return clause
            + ", and \(others) other prediction\(others == 1 ? " has" : "s have") no labels there either"
    }

    private func clause(_ name: String, _ reason: Reason) -> String {
        switch reason {
        case .noScan: "\(dataset) has no scan called \(name)"
        case .noLabels: "\(dataset) has no labels for \(name)"
        case .otherFrames(let cases): "\(dataset) has labels for \(Self.list(cases)), not for \(name)"
        }
    }

    /// Returns the first three names and the number of the others.
    private static func list(_ names: [String]) -> String {
        guard names.count > 3 else {
            return names.count < 2
                ? names.joined() : "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
        }
        return "\(names.prefix(3).joined(separator: ", ")) and \(names.count - 3) more"
    }
}
