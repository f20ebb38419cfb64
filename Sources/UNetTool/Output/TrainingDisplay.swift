import ArgumentParser
import Files
import Foundation
import Report
import Segmentation

/// Shows a training on the console and keeps its curves drawn.
final class TrainingDisplay {
    private let console: Console
    private let structures: [String]
    private let run: RunFolder
    private var meter: ProgressMeter?

    init(_ console: Console, structures: [String], run: RunFolder) {
        self.console = console
        self.structures = structures
        self.run = run
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
                "the run was started with \(from) threads and continues with \(to); it will differ in the last bits from an uninterrupted one"
            )
        case .skipped(let name, let reason):
            console.warn("\(name) is skipped: \(reason)")
        case .misplaced(let files):
            let others = files.count - 1
            console.warn(
                "\(files[0])"
                    + (others == 0
                        ? ""
                        : " \(others) other file\(others == 1 ? " is" : "s are") like this; run “unet check” to list them all.")
            )
        case .namesLookSwapped(let anatomy):
            console.warn(
                "\(anatomy); if so, start again with \(StructureOptions.text(anatomy.likelyNames ?? []))")
        case .sameImage(let training, let heldOut):
            console.warn(
                "\(heldOut) is held out, but its image is identical to that of \(training), which is trained on, so its scores are too good; hold out both"
            )
        case .step(let epoch, let epochs, let step, let steps, let loss):
            if step == 1 || meter == nil {
                meter = ProgressMeter(
                    "epoch \(epoch)/\(epochs)", total: steps, unit: "steps", console: console)
            }
            meter?.show(step, note: String(format: "loss %.3f", loss))
        case .epoch(let log, let epochs):
            if let row = log.rows.last { console.say(line(row, epochs: epochs)) }
            drawCurves(log)
        }
    }

    /// The picture is an extra: where it cannot be written, training goes on.
    private func drawCurves(_ log: TrainingLog) {
        do {
            let title = "Training of \(run.url.lastPathComponent)"
            try AtomicFile.write(log.curves(title: title).svg, to: run.curves)
        } catch {
            console.warn(error.description)
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
        return text + String(format: "  %@, %.1f slices/s", duration(row.seconds), rate)
    }
}

extension Console {
    /// Says what a stopped training leaves, and that the command `goOn` continues it.
    ///
    /// - Returns: the exit status that shells know of the signal.
    func sayStopped(_ run: RunFolder, goOn: String) -> ExitCode {
        let (done, path) = (run.epochsDone, run.url.relativePath)
        say(
            done == 0
                ? "stopped before the first epoch finished; no run was saved"
                : "stopped; \(path) holds the run as of epoch \(done); to continue, run “\(goOn)”"
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

extension TrainingLog {
    /// Loss above, Dice below: `curves.svg` of a run.
    func curves(title: String) -> Curves {
        let loss = LineChart(
            title: "Training loss", xLabel: "epoch", series: [Series("loss", rows.map(\.trainingLoss))])
        guard rows.contains(where: { !$0.validationDice.isEmpty }) else {
            return Curves(title: title, charts: [loss])
        }
        let structureSeries = structures.indices.map { index in
            Series(
                structures[index],
                rows.map { index < $0.validationDice.count ? $0.validationDice[index] ?? .nan : .nan })
        }
        let dice = LineChart(
            title: "Dice on the held-out patients", xLabel: "epoch",
            series: structureSeries + [Series("mean", rows.map { $0.meanDice ?? .nan })], yRange: 0...1)
        return Curves(title: title, charts: [loss, dice])
    }
}
