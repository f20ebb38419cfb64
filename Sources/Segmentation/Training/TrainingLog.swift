import Files
import Foundation
import Imaging

/// One row an epoch: `log.csv` of a run.
public struct TrainingLog: Sendable, Equatable {
    /// What is known of an epoch when it ends.
    public struct Row: Sendable, Equatable, Codable {
        /// Epochs done, from 1.
        public var epoch: Int
        /// Step size at the end of the epoch.
        public var learningRate: Double
        /// Mean loss over the epoch's batches.
        public var trainingLoss: Double
        /// Mean Dice over held-out cases of each structure, in the plan's order; nil where none has it, empty where
        /// no patients are held out.
        public var validationDice: [Double?]
        /// Seconds that training took in this epoch, validation left out.
        public var seconds: Double
        /// Training slices seen in this epoch.
        public var slices: Int

        /// Mean of the structures' Dice.
        public var meanDice: Double? {
            let known = validationDice.compactMap(\.self)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }

    /// Names of the structures, for the header.
    public let structures: [String]
    /// Epochs so far, oldest first.
    public var rows: [Row] = []

    init(structures: [Structure]) { self.structures = structures.map(\.name) }

    /// The table as text with a header line.
    var csv: String {
        let header =
            ["epoch", "learning_rate", "training_loss"] + structures.map { "validation_dice_\($0)" }
            + ["validation_dice_mean", "slices", "seconds"]
        let lines = rows.map { row in
            let dice = structures.indices.map { index in
                index < row.validationDice.count ? row.validationDice[index].map(number) ?? "" : ""
            }
            let fields: [String] =
                [String(row.epoch), number(row.learningRate), number(row.trainingLoss)] + dice
                + [row.meanDice.map(number) ?? "", String(row.slices), number(row.seconds)]
            return fields.joined(separator: ",")
        }
        return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }

    private func number(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension TrainingLog {
    /// Replaces the file at `url` by this table.
    func write(to url: URL) throws { try AtomicFile.write(csv, to: url) }
}
