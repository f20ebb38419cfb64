import Datasets
import Files
import Foundation
import Imaging
import Scans
import Scoring

/// Scores of held-out patients under every component rule, from which a cross-validation chooses.
package struct OutOfFoldScores: Sendable {
    /// A held-out case with its labels, all components kept.
    package struct Item: Sendable {
        /// The case.
        package let item: Case
        /// The fold that held it out, from 0.
        package let fold: Int
        /// The file of its labels.
        package let prediction: URL

        package init(_ item: Case, fold: Int, prediction: URL) {
            self.item = item
            self.fold = fold
            self.prediction = prediction
        }
    }

    private let structures: [Structure]
    /// By rule, case, and structure.
    private let dice: [ComponentRule: [[Double?]]]
    private let folds: [Int]

    /// Scores `items` under each of `rules`.
    ///
    /// - Throws: `ScanError` and `DatasetError` for files that cannot be read, `ScoringError` if their grids differ.
    package init(of items: [Item], structures: [Structure], rules: [ComponentRule]) throws {
        self.structures = structures
        folds = items.map(\.fold)
        let results = items.parallelMap { item in
            Result { try Self.score(item, structures, rules) }
        }
        var dice: [ComponentRule: [[Double?]]] = [:]
        for result in results {
            for (rule, values) in zip(rules, try result.get()) { dice[rule, default: []].append(values) }
        }
        self.dice = dice
    }

    private static func score(_ item: Item, _ structures: [Structure], _ rules: [ComponentRule]) throws
        -> [[Double?]]
    {
        var reader = ScanReader()
        let loaded = try item.item.load(structures: structures, with: &reader)
        guard let reference = loaded.labels else {
            throw SegmentationError.noReference(path: item.item.image.relativePath)
        }
        let labels = try LabelScan(contentsOf: item.prediction).labelMap()
        guard labels.geometry.extent == reference.geometry.extent else {
            throw ScoringError.differentShape(
                name: item.item.id, part: .prediction, expected: reference.geometry.extent,
                found: labels.geometry.extent)
        }
        return rules.map { rule in
            let counts = ConfusionCounts.ofEveryLabel(
                prediction: labels.keeping(rule, of: structures.map(\.label)).labels,
                reference: reference.labels)
            return structures.map { counts[Int($0.label)].dice }
        }
    }

    /// Returns the mean Dice under `rule`.
    package func candidate(_ rule: ComponentRule, isMirrored: Bool) -> CrossValidationSummary.Candidate {
        let means = means(rule) { _ in true }
        let known = means.compactMap(\.self)
        return CrossValidationSummary.Candidate(
            isMirrored: isMirrored, components: rule,
            dice: Dictionary(
                uniqueKeysWithValues: zip(structures, means).compactMap { structure, mean in
                    mean.map { (structure.name, $0) }
                }), meanDice: known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count))
    }

    /// Returns the mean Dice of each of `count` folds under `rule`.
    package func foldDice(_ rule: ComponentRule, count: Int) -> [Double] {
        (0..<count).map { fold in
            let known = means(rule) { $0 == fold }.compactMap(\.self)
            return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        }
    }

    /// The mean Dice of each structure over the cases of some folds that have it or were given it.
    private func means(_ rule: ComponentRule, _ isWanted: (Int) -> Bool) -> [Double?] {
        let rows = zip(dice[rule] ?? [], folds).filter { isWanted($0.1) }.map(\.0)
        return structures.indices.map { index in
            let known = rows.compactMap { $0[index] }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }
}
