import ArgumentParser
import Foundation
import Runs
import Runs
import Segmentation

/// Shows a training on the console.
final class TrainingDisplay {
    private let console: Console
    private let structures: [String]
    private var meter: ProgressMeter?

    init(_ console: Console, structures: [String]) {
        self.console = console
        self.structures = structures
    }

    func show(_ event: TrainingEvent) {
        switch event {
        case .started(let samples, let dimensions, let heldOut, let parameters):
            let unit = dimensions == .two ? "slices" : "volumes"
            console.say("training \(parameters) parameters on \(samples) \(unit), \(heldOut) cases held out")
        case .startedAnew(let path):
            console.say("\(path): the previous run did not finish an epoch; starting over")
        case .cannotLock(let path):
            console.warn(
                "\(path): its file system does not support locks; make sure that no other training uses this folder"
            )
        case .resumed(let epochs):
            console.say("resuming after epoch \(epochs)")
        case .threadsChanged(let from, let to):
            console.warn(
                "the run was made with \(from) threads and goes on with \(to); it will differ in the last bits from one that was not interrupted"
            )
        case .skipped(let name, let reason):
            console.warn("\(name) is left out: \(reason)")
        case .misplaced(let files): console.warn("\(files[0])" + likeIt(files.count - 1))
        case .namesOverruled(let files): console.warn("\(files[0])." + likeIt(files.count - 1))
        case .namesLookSwapped(let anatomy):
            console.warn(
                "\(anatomy); if so, start again with \(StructureOptions.text(anatomy.likelyNames ?? []))")
        case .sameImage(let training, let heldOut):
            console.warn(
                "\(heldOut) is held out and has exactly the image of \(training), which is trained on: its scores are flattered; hold out both"
            )
        case .step(let epoch, let epochs, let step, let steps, let loss):
            if step == 1 || meter == nil {
                meter = ProgressMeter(
                    "epoch \(epoch)/\(epochs)", total: steps, unit: "steps", console: console)
            }
            meter?.show(step, note: String(format: "loss %.3f", loss))
        case .epoch(let log, let epochs):
            if let row = log.rows.last { console.say(line(row, epochs: epochs)) }
        case .curvesNotWritten(let reason): console.warn(reason)
        }
    }

    /// A sentence about further files of which the same is true.
    private func likeIt(_ others: Int) -> String {
        others == 0
            ? ""
            : " \(others) other file\(others == 1 ? " is" : "s are") like it: run “unet check” to list them."
    }

    private func line(_ row: TrainingLog.Row, epochs: Int) -> String {
        var text = String(format: "epoch %d/%d  loss %.4f", row.epoch, epochs, row.trainingLoss)
        if let mean = row.meanDice {
            let parts = zip(structures, row.validationDice).map { name, dice in
                "\(name) \(dice.map { String(format: "%.3f", $0) } ?? "–")"
            }
            text += String(format: "  validation Dice %.3f", mean) + " (\(parts.joined(separator: ", ")))"
        }
        let rate = Double(row.slices) / max(row.seconds, 1e-9)
        return text + String(format: "  %@, %.1f slices/s", duration(row.seconds), rate)
    }
}

extension Console {
    /// Says what a training that was stopped leaves, and how to go on: with the command `goOn`.
    ///
    /// - Returns: the exit status that shells know of the signal.
    func sayStopped(_ run: RunFolder, goOn: String) -> ExitCode {
        let (done, path) = (run.epochsDone, run.url.relativePath)
        say(
            done == 0
                ? "stopped before the first epoch finished; no run was saved"
                : "stopped; \(path) keeps the run as it was after epoch \(done), and “\(goOn)” goes on with it"
        )
        return ExitCode(128 + (StopRequest.signal ?? SIGINT))
    }
}

extension String {
    /// The text as one word of a shell's line.
    var quotedForShell: String {
        let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./=+,:@%".contains($0) }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
