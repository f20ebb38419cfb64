import Files
import Foundation
import Imaging
import Scoring

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

        package init(
            epoch: Int, learningRate: Double, trainingLoss: Double, validationDice: [Double?],
            seconds: Double,
            slices: Int
        ) {
            self.epoch = epoch
            self.learningRate = learningRate
            self.trainingLoss = trainingLoss
            self.validationDice = validationDice
            self.seconds = seconds
            self.slices = slices
        }

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

    package init(structures: [Structure]) { self.structures = structures.map(\.name) }

    /// What columns with the Dice of a structure are called, before its name.
    static let dicePrefix = "validation_dice_"
    /// The columns before those of the structures.
    static let firstColumns = ["epoch", "learning_rate", "training_loss"]
    /// The columns after those of the structures; one of a structure called “mean” is named as the first of these.
    static let lastColumns = [dicePrefix + "mean", "slices", "seconds"]

    /// The table as text with a header line.
    var csv: String {
        let header = Self.firstColumns + structures.map { Self.dicePrefix + $0 } + Self.lastColumns
        let lines = rows.map { row in
            let dice = structures.indices.map { index in
                index < row.validationDice.count ? row.validationDice[index].map(number) ?? "" : ""
            }
            let fields: [String] =
                [String(row.epoch), number(row.learningRate), number(row.trainingLoss)] + dice
                + [row.meanDice.map(number) ?? "", String(row.slices), number(row.seconds)]
            return CSV.line(fields)
        }
        return ([CSV.line(header)] + lines).joined(separator: "\n") + "\n"
    }

    private func number(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension TrainingLog {
    /// Replaces the file at `url` by this table.
    package func write(to url: URL) throws { try staged(for: url).commit() }

    /// Writes the table beside `url`, whose name it takes when it is committed.
    package func staged(for url: URL) throws -> StagedFile {
        let text = Array(csv.utf8)
        return try StagedFile(url) { sink throws(FileError) in try sink.append(text) }
    }
}
