import Foundation
import Scoring
import UNetDesign

/// A comparison of runs.
public struct RunComparison: Sendable {
    /// A run.
    public struct Row: Sendable {
        /// The folder's name.
        public let name: String
        /// Its plan.
        public let plan: Plan
        /// Its epochs.
        public let log: TrainingLog
        /// Trainable parameters of the network.
        public let parameters: Int
        /// Patients held out.
        public let heldOut: Set<String>
        /// The held-out scans over which the Dice is averaged; nil if the run was made by an older version, which did
        /// not record them.
        public let scoredCases: Set<String>?

        /// Median seconds of training per epoch, excluding validation; nil before the first epoch is done.
        public var secondsPerEpoch: Double? {
            let sorted = log.rows.map(\.seconds).sorted()
            return sorted.isEmpty ? nil : sorted[sorted.count / 2]
        }
    }

    /// The runs, in the order given.
    public let rows: [Row]

    /// Reads plan, splits and log of `runs`.
    ///
    /// - Throws: `SegmentationError.noModel` for a folder without a run, `.unreadable` for damaged files.
    public init(_ runs: [RunFolder]) throws {
        rows = try runs.map { run in
            guard run.holdsRun else {
                throw SegmentationError.noModel(path: run.url.path(percentEncoded: false))
            }
            let plan = try run.readPlan()
            let input = plan.training.patch.sides(rank: plan.network.dimensions.rank)
            let splits = try run.readSplits()
            return Row(
                name: run.url.lastPathComponent, plan: plan,
                log: try run.hasLog ? run.readLog() : TrainingLog(structures: plan.structures),
                parameters: try NetworkDescription(plan.network, input: input).parameters,
                heldOut: Set(splits.validation),
                scoredCases: splits.validation.isEmpty ? [] : splits.validationCases.map(Set.init))
        }
    }

    /// Returns the runs as a table with the structure names of the first. Each row has the number of patients and scans
    /// behind its Dice; rows that differ in these from the first run are marked.
    public func table() -> String {
        let structures = rows.first?.log.structures ?? []
        var table = TextTable(
            header: ["run", "network", "filters", "parameters", "epochs", "s/epoch"] + structures + [
                "mean", "patients", "scans", "",
            ],
            textColumns: [0, 1, structures.count + 9])
        for row in rows {
            let last = row.log.rows.last
            let dice = structures.map { name in
                row.log.structures.firstIndex(of: name).flatMap { index in
                    last.flatMap { index < $0.validationDice.count ? $0.validationDice[index] : nil }
                }
            }
            let cells: [String] =
                [
                    row.name,
                    "\(row.plan.network.dimensions.rawValue) \(row.plan.network.architecture.rawValue)",
                    "\(row.plan.network.filters)", "\(row.parameters)", "\(row.log.rows.count)",
                    row.secondsPerEpoch.map { String(format: "%.1f", $0) } ?? "–",
                ] + dice.map(Self.number)
            table.add(
                cells + [
                    Self.number(last?.meanDice), "\(row.heldOut.count)",
                    row.scoredCases.map { "\($0.count)" } ?? "?",
                    row.differences(from: rows[0]).joined(separator: ", "),
                ])
        }
        return table.text()
    }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "–"
    }
}

extension RunComparison.Row {
    /// Returns the reasons why the Dice of this run cannot be compared with that of `other`: differences in what they
    /// are computed from.
    public func differences(from other: Self) -> [String] {
        var found: [String] = []
        let (phases, others) = (plan.training.phases, other.plan.training.phases)
        if heldOut != other.heldOut { found.append("different patients") }
        if phases != others { found.append("different phases (\(phases.rawValue))") }
        if let scoredCases, let cases = other.scoredCases {
            // Different patients or phases already imply different scans.
            if found.isEmpty, scoredCases != cases { found.append("different scans") }
        } else if scoredCases == nil {
            found.append("unknown scans")
        }
        if log.structures != other.log.structures { found.append("different structures") }
        return found
    }
}
