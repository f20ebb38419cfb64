import Datasets
import Foundation

/// Predictions that have no ground truth in a dataset, and why.
struct UnlabeledPredictions {
    /// A clause for each, in the order of the predictions.
    private let reasons: [String]

    /// Those of the predictions `names` that `truth` has no labels for.
    init(_ names: [String], truth: DataSet) {
        let root = truth.root.path(percentEncoded: false)
        let cases = Dictionary(truth.cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // Names tell which scan is meant, by the rule that names cases: other frames of it, or else its patient's scans.
        let series = Dictionary(grouping: truth.cases) { $0.id.seriesName }
        let patients = Dictionary(grouping: truth.cases) { $0.id.patient }
        reasons = names.compactMap { name in
            if let item = cases[name] {
                return item.reference == nil ? "\(root) has no labels for \(name)" : nil
            }
            guard let others = series[name.seriesName] ?? patients[name.patient] else {
                return "\(root) has no scan called \(name)"
            }
            let labeled = others.filter { $0.reference != nil }.map(\.id)
            return labeled.isEmpty
                ? "\(root) has no labels for \(name)"
                : "\(root) has labels for \(Self.list(labeled)), not for \(name)"
        }
    }

    /// Why nothing can be scored, where none of the predictions is of a case of the dataset.
    var refusal: String {
        "nothing to score, because \(clause ?? "it is empty"); specify the dataset that contains the labels"
    }

    /// A sentence about the predictions that are listed without scores; nil where there are none.
    var warning: String? {
        clause.map { "\($0); \(reasons.count == 1 ? "its" : "their") volumes are reported without scores" }
    }

    private var clause: String? {
        guard let first = reasons.first, reasons.count > 1 else { return reasons.first }
        let others = reasons.count - 1
        return first
            + ", and \(others) other prediction\(others == 1 ? " has" : "s have") no labels there either"
    }

    /// The first three, and how many there are.
    private static func list(_ names: [String]) -> String {
        guard names.count > 3 else {
            return names.count < 2
                ? names.joined() : "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
        }
        return "\(names.prefix(3).joined(separator: ", ")) and \(names.count - 3) more"
    }
}
