import Files
import Foundation

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
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let prefix = "validation_dice_"
        guard let header = lines.first, header.count >= 6, header[3...].contains("validation_dice_mean")
        else {
            throw .unreadable(path: path, reason: "it has not the columns of a training's log")
        }
        let names = header.filter { $0.hasPrefix(prefix) && $0 != prefix + "mean" }
        structures = names.map { String($0.dropFirst(prefix.count)) }
        rows = []
        for (number, fields) in lines.dropFirst().enumerated() {
            guard fields.count == header.count, let epoch = Int(fields[0]), let rate = Double(fields[1]),
                let loss = Double(fields[2]), let slices = Int(fields[fields.count - 2]),
                let seconds = Double(fields[fields.count - 1])
            else {
                throw .unreadable(path: path, reason: "line \(number + 2) is not a row of a training's log")
            }
            let dice = fields[3..<3 + names.count].map { Double($0) }
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
