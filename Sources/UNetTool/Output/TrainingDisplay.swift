import ArgumentParser
import Foundation
import Imaging
import Runs
import Segmentation

/// A display of a training run on the console.
final class TrainingDisplay {
    private let console: Console
    private let structures: [String]
    private var meter: ProgressMeter?
    /// The progress so far, such as `epoch 3`; nil before the first step.
    private(set) var place: String?

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
        case .resumed(let epochs, let steps):
            let done = steps == 0 ? "epoch \(epochs)" : "step \(steps) of epoch \(epochs + 1)"
            place = done
            console.say("resuming after \(done)")
        case .threadsChanged(let from, let to):
            console.warn(
                "the run was started with \(from) threads and continues with \(to); it will differ in the last bits from an uninterrupted one"
            )
        case .budgeted(let epochs, let seconds):
            console.say(
                "\(epochs) epoch\(epochs == 1 ? "" : "s") of about \(TimeSpan(seconds: seconds)) fit into the budget"
            )
        case .skipped(let name, let error):
            console.warn("\(name) is skipped: \(ErrorSentence.text(error))")
        case .misplaced(let files):
            console.warn("\(files[0])" + ErrorSentence.others(files.count - 1, "file"))
        case .namesOverruled(let files):
            console.warn("\(files[0])." + ErrorSentence.others(files.count - 1, "file"))
        case .namesLookSwapped(let anatomy):
            console.warn(
                "\(anatomy); if so, start again with \(StructureOptions.text(anatomy.likelyNames ?? []))")
        case .sameImage(let training, let heldOut):
            console.warn(
                "\(heldOut) is held out, but its image is identical to that of \(training), which is trained on, so its scores are too good; hold out both"
            )
        case .step(let epoch, let epochs, let step, let steps, let loss):
            place = "step \(step) of epoch \(epoch)"
            if step == 1 || meter == nil {
                meter = ProgressMeter(
                    "epoch \(epoch)/\(epochs)", total: steps, unit: "steps", console: console)
            }
            meter?.show(step, note: String(format: "loss %.3f", loss))
        case .epoch(let log, let epochs):
            place = "epoch \(log.rows.count)"
            if let row = log.rows.last { console.say(line(row, epochs: epochs)) }
        case .curvesNotWritten(let error): console.warn(ErrorSentence.text(error))
        case .finished: meter?.end()
        }
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
        return text + String(format: "  %@, %.1f slices/s", TimeSpan(seconds: row.seconds).description, rate)
    }
}

extension Console {
    /// Shows a training run to its end. The first Ctrl-C or SIGTERM ends it after the current step and prints
    /// `resumption`, the command that continues it.
    ///
    /// - Throws: Errors of the training, or the exit status that shells use for a signal.
    func train(_ events: TrainingEvents, structures: [Structure], resumption: String) async throws
        -> TrainingSummary
    {
        try await StopRequest.canceling {
            let display = TrainingDisplay(self, structures: structures.map(\.name))
            do { return try await events.finish { display.show($0) } } catch SegmentationError.stopped {
                say(
                    display.place.map { "stopped after \($0); to continue, run “\(resumption)”" }
                        ?? "stopped before the first step; no run was saved")
                throw ExitCode(128 + (StopRequest.signal ?? SIGINT))
            }
        }
    }
}

extension String {
    /// The text as a single word of a shell command.
    var quotedForShell: String {
        let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./=+,:@%".contains($0) }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
