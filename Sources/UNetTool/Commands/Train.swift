import ArgumentParser
import Datasets
import Files
import Foundation
import Runs
import Segmentation

/// `unet train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network on a data set.",
        discussion: """
            Examples:
              unet train ACDC --output runs/fold0 --fold 0 --filters 16
              unet train ACDC --output runs/fold0 --resume

            The run folder holds plan.json, splits.json, log.csv, curves.svg, best.safetensors, last.safetensors \
            and, at the end, summary.json. A run that was killed goes on with --resume and ends with the same \
            weights as one that was not, bit for bit.
            """)

    @OptionGroup var data: DataOptions
    @Option(name: .shortAndLong, help: "Folder of the run; made if need be.")
    var output: PathArgument
    @Flag(help: "Go on with the run in --output, with the plan it was started with.")
    var resume = false
    @OptionGroup(title: "Plan") var plan: PlanOptions
    @Option(help: "Device to train on: auto takes a GPU where there is one.")
    var device = DeviceChoice.auto

    func run() throws {
        do {
            if !resume { try plan.check() }
            try train()
        } catch let error as SegmentationError where error.isSetting {
            Console().say("Error: \(error)\n  See 'unet train --help' for more information.")
            throw ExitCode.validationFailure
        } catch let error as SegmentationError where error.isMisplaced {
            // A run that goes on keeps the choice that it was started with.
            let hint = resume ? "" : "\n  To train on such files anyway, add --allow-misplaced."
            Console().say("Error: \(error)\(hint)")
            throw ExitCode.failure
        }
    }

    private func train() throws {
        let dataSet = try data.load()
        let console = Console()
        // Training itself says which cases it leaves out for want of labels.
        console.show(dataSet.issues.filter { !$0.isMissingReference })
        let run = RunFolder(output.url)
        var job = TrainingJob(dataSet: dataSet, run: run, device: device.device)
        job.shouldStop = { StopRequest.signal != nil }
        let summary: TrainingSummary
        do {
            summary = try StopRequest.during { try trained(job, run, console) }
        } catch SegmentationError.stopped {
            throw console.sayStopped(run, goOn: resumption)
        }
        let dice = summary.finalMeanDice.map { String(format: ", validation Dice %.3f", $0) } ?? ""
        try StandardOutput.print(
            "trained \(summary.epochs) epoch\(summary.epochs == 1 ? "" : "s") in \(duration(summary.seconds))\(dice): \(output.url.relativePath)"
        )
    }

    private func trained(_ job: TrainingJob, _ run: RunFolder, _ console: Console) throws -> TrainingSummary {
        let dataSet = job.dataSet
        if resume {
            guard run.holdsRun else { throw SegmentationError.noRun(path: output.url.relativePath) }
            let planned = try run.readPlan()
            try plan.check(against: planned, path: output.url.relativePath)
            try data.structures.check(against: planned.structures, path: output.url.relativePath)
            let display = TrainingDisplay(console, structures: planned.structures.map(\.name))
            return try job.resume(threads: plan.threads, report: display.show)
        }
        let display = TrainingDisplay(console, structures: dataSet.structures.map(\.name))
        return try job.start(plan.makePlan(dataSet), report: display.show)
    }

    /// The command that goes on with the run.
    private var resumption: String {
        var words = ["unet", "train", data.data.url.relativePath, "--output", output.url.relativePath]
        if data.structures.instances { words.append("--instances") }
        if !data.structures.arguments.isEmpty {
            words += ["--structures"] + data.structures.arguments.map(\.text)
        }
        if device != .auto { words += ["--device", device.rawValue] }
        return (words + ["--resume"]).map(\.quotedForShell).joined(separator: " ")
    }
}

extension SegmentationError {
    /// Whether files are refused that the arguments can allow.
    fileprivate var isMisplaced: Bool {
        if case .misplaced = self { true } else { false }
    }

    /// Whether the arguments are at fault, and not a file.
    fileprivate var isSetting: Bool {
        switch self {
        case .badSetting, .network, .noSuchFold: true
        default: false
        }
    }
}
