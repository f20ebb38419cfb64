import Files
import Foundation
import Imaging
import Scoring

/// The log of a run, with one row per epoch: `log.csv`.
public struct TrainingLog: Sendable, Equatable {
    /// The record of a finished epoch.
    public struct Row: Sendable, Equatable, Codable {
        /// The number of the epoch, from 1.
        public var epoch: Int
        /// Step size at the end of the epoch.
        public var learningRate: Double
        /// Mean loss over the epoch's batches.
        public var trainingLoss: Double
        /// Mean Dice of each structure over the held-out cases, in the plan's order; nil if no case has the structure,
        /// empty if no patients are held out.
        public var validationDice: [Double?]
        /// Seconds of training in this epoch, excluding validation.
        public var seconds: Double
        /// The number of training slices seen in this epoch.
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

    /// The prefix of the columns with a structure's Dice.
    static let dicePrefix = "validation_dice_"
    /// The columns before those of the structures.
    static let firstColumns = ["epoch", "learning_rate", "training_loss"]
    /// The columns after those of the structures. The column of a structure named “mean” has the same name as the first
    /// of these.
    static let lastColumns = [dicePrefix + "mean", "slices", "seconds"]

    /// The table as CSV text with a header line.
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
    /// Replaces the file at `url` with this table.
    package func write(to url: URL) throws { try staged(for: url).commit() }

    /// Writes the table beside `url`, whose name the file takes when it is committed.
    package func staged(for url: URL) throws -> StagedFile {
        let text = Array(csv.utf8)
        return try StagedFile(url) { sink throws(FileError) in try sink.append(text) }
    }
}

extension TrainingLog {
    /// Reads the `log.csv` of a run.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing or not such a table.
    init(contentsOf url: URL) throws(SegmentationError) {
        let path = url.path(percentEncoded: false)
        let text: String
        do { text = String(decoding: try FileContents.mapped(url), as: UTF8.self) } catch {
            throw .unreadable(path: path, UnderlyingError(error))
        }
        // Columns are identified by position, since a structure can have the name of any other column.
        let (first, last) = (Self.firstColumns.count, Self.lastColumns.count)
        guard let lines = CSV.rows(text), let header = lines.first, header.count >= first + last,
            Array(header.prefix(first)) == Self.firstColumns, Array(header.suffix(last)) == Self.lastColumns,
            header[first..<header.count - last].allSatisfy({ $0.hasPrefix(Self.dicePrefix) })
        else {
            throw .unreadable(path: path, UnderlyingError(TrainingLogError.columns))
        }
        structures = header[first..<header.count - last].map { String($0.dropFirst(Self.dicePrefix.count)) }
        rows = []
        for (number, fields) in lines.dropFirst().enumerated() {
            guard fields.count == header.count, let epoch = Int(fields[0]), let rate = Double(fields[1]),
                let loss = Double(fields[2]), let slices = Int(fields[fields.count - 2]),
                let seconds = Double(fields[fields.count - 1])
            else {
                throw .unreadable(path: path, UnderlyingError(TrainingLogError.row(line: number + 2)))
            }
            let dice = fields[first..<fields.count - last].map { Double($0) }
            rows.append(
                Row(
                    epoch: epoch, learningRate: rate, trainingLoss: loss,
                    validationDice: dice.allSatisfy { $0 == nil } ? [] : dice, seconds: seconds,
                    slices: slices))
        }
    }
}

extension RunFolder {
    /// Whether an epoch has been finished.
    var hasLog: Bool { FileManager.default.fileExists(atPath: log.path(percentEncoded: false)) }

    /// Reads the run's log.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing or damaged.
    public func readLog() throws -> TrainingLog { try TrainingLog(contentsOf: log) }
}

/// An error in a `log.csv`.
public enum TrainingLogError: Error, Equatable, CustomStringConvertible {
    /// Its columns are not those of a log.
    case columns
    /// A line, counted from 1, that is not a valid row.
    case row(line: Int)

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .columns: "it does not have the columns of a training log"
        case .row(let line): "line \(line) is not a row of a training log"
        }
    }
}
