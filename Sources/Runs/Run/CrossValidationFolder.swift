import Datasets
import Foundation
import Imaging

/// The folder of a cross-validation and the names of its files.
public struct CrossValidationFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Creates the folder at `url`, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The plan that every fold is trained with, but for the fold itself.
    public var plan: URL { url.appending(path: "plan.json") }
    /// Who is held out in which fold; written once, so that the folds stay the same.
    public var folds: URL { url.appending(path: "folds.json") }
    /// Labels of every patient by the network that has not seen them.
    public var predictions: URL { url.appending(path: "predictions") }
    /// The scores of those predictions.
    public var evaluation: URL { url.appending(path: "evaluation.json") }
    /// The same as a table, one row for each case and structure.
    public var table: URL { url.appending(path: "evaluation.csv") }
    /// How it ended.
    public var summary: URL { url.appending(path: "crossvalidation.json") }
    /// The networks of all folds as one model.
    public var model: URL { url.appending(path: "model") }

    /// The run of a fold, from 0.
    public func run(_ fold: Int) -> RunFolder { RunFolder(url.appending(path: "fold\(fold)")) }

    /// The predictions of a fold's held-out patients, all components kept.
    package func predictions(_ fold: Int, isMirrored: Bool) -> URL {
        run(fold).url.appending(path: isMirrored ? "predictions-mirrored" : "predictions")
    }

    /// Whether a cross-validation has begun here.
    public var isBegun: Bool { FileManager.default.fileExists(atPath: plan.path(percentEncoded: false)) }

    /// Reads the plan.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing, damaged, or has invalid settings.
    public func readPlan() throws -> Plan { try Plan(contentsOf: plan) }

    /// Reads the folds.
    ///
    /// - Throws: `SegmentationError.unreadable` if the file is missing or damaged.
    public func readFolds() throws -> Folds { try folds.readJSON(Folds.self) }
}

/// The outcome of a cross-validation: `crossvalidation.json`.
public struct CrossValidationSummary: Codable, Sendable, Equatable {
    /// The mean Dice of a way to make labels of the networks' outputs, over all held-out cases.
    public struct Candidate: Codable, Sendable, Equatable {
        /// Whether probabilities were averaged over mirrored scans.
        public var isMirrored: Bool
        /// The components that were kept.
        public var components: ComponentRule
        /// The mean Dice of each structure, by its name.
        public var dice: [String: Double]
        /// The mean of those.
        public var meanDice: Double

        package init(
            isMirrored: Bool, components: ComponentRule, dice: [String: Double], meanDice: Double
        ) {
            self.isMirrored = isMirrored
            self.components = components
            self.dice = dice
            self.meanDice = meanDice
        }
    }

    /// What was tried, the simplest first.
    public var candidates: [Candidate]
    /// The one chosen: the first whose mean Dice is within 0.0005 of the best.
    public var chosen: Candidate
    /// The mean Dice of each fold's held-out patients with the chosen one.
    public var foldDice: [Double]
    /// Held-out cases.
    public var cases: Int

    package init(candidates: [Candidate], chosen: Candidate, foldDice: [Double], cases: Int) {
        self.candidates = candidates
        self.chosen = chosen
        self.foldDice = foldDice
        self.cases = cases
    }
}
