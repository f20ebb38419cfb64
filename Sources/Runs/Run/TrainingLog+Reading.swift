import Files
import Foundation
import Scoring

extension TrainingLog {
    /// Reads the `log.csv` of a run.
    ///
    /// - Throws: `SegmentationError.unreadable` where it is missing or no such table.
    init(contentsOf url: URL) throws(SegmentationError) {
        let path = url.path(percentEncoded: false)
        let text: String
        do { text = String(decoding: try FileContents.mapped(url), as: UTF8.self) } catch {
            throw .unreadable(path: path, reason: error.system)
        }
        // Columns are known by their places: a structure may be called as anything else is.
        let (first, last) = (Self.firstColumns.count, Self.lastColumns.count)
        guard let lines = CSV.rows(text), let header = lines.first, header.count >= first + last,
            Array(header.prefix(first)) == Self.firstColumns, Array(header.suffix(last)) == Self.lastColumns,
            header[first..<header.count - last].allSatisfy({ $0.hasPrefix(Self.dicePrefix) })
        else {
            throw .unreadable(path: path, reason: "it does not have the columns of a training log")
        }
        structures = header[first..<header.count - last].map { String($0.dropFirst(Self.dicePrefix.count)) }
        rows = []
        for (number, fields) in lines.dropFirst().enumerated() {
            guard fields.count == header.count, let epoch = Int(fields[0]), let rate = Double(fields[1]),
                let loss = Double(fields[2]), let slices = Int(fields[fields.count - 2]),
                let seconds = Double(fields[fields.count - 1])
            else {
                throw .unreadable(path: path, reason: "line \(number + 2) is not a row of a training log")
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

    /// The run's log.
    ///
    /// - Throws: `SegmentationError.unreadable` where it is missing or damaged.
    public func readLog() throws -> TrainingLog { try TrainingLog(contentsOf: log) }
}
