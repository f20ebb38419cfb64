import ArgumentParser
import Datasets
import Files
import Foundation
import Imaging
import Runs
import Segmentation

/// `unet train`.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network on a dataset.",
        discussion: """
            Examples:
              unet train ACDC --output runs/fold0 --fold 0 --filters 16
              unet train ACDC --output runs/fold0 --resume
              unet train ACDC --output runs/again --plan runs/fold0/plan.json --splits runs/fold0/splits.json

            The run folder contains plan.json, splits.json, log.csv, curves.svg, best.safetensors, last.safetensors, \
            and, at the end, summary.json. To continue an interrupted run, use --resume; it ends with the same \
            weights as an uninterrupted one, bit for bit. To repeat a run, use its plan.json and splits.json.
            """)

    @OptionGroup var data: DataOptions
    @Option(name: .shortAndLong, help: "Folder of the run; created if needed.")
    var output: PathArgument
    @Flag(help: "Continue the run in --output, with the plan it was started with.")
    var resume = false
    @OptionGroup(title: "Plan") var plan: PlanOptions
    @Option(
        help: ArgumentHelp(
            "Read the patients to train on and to hold out from this file, such as the splits.json of another run, instead of --fold or --hold-out.",
            valueName: "splits.json"))
    var splits: PathArgument?
    @Option(
        help: ArgumentHelp(
            "Train as many epochs as fit into this time on this machine, such as 2h or 45min, instead of --epochs.",
            valueName: "time"))
    var budget: TimeSpan?
    @Option(help: "Device to train on: auto uses a GPU if there is one.")
    var device = DeviceChoice.auto

    func validate() throws {
        if resume, plan.file != nil || splits != nil {
            let option = plan.file != nil ? "--plan" : "--splits"
            throw ValidationError("--resume uses the run's own plan and splits; remove \(option)")
        }
        if budget != nil, resume || plan.overrides.contains(\.training.epochs) {
            let option = resume ? "--resume" : "--epochs"
            throw ValidationError("--budget and \(option) cannot be combined; use one of them")
        }
        guard splits != nil else { return }
        for place in [\Plan.training.fold, \Plan.training.holdOut] as [PartialKeyPath<Plan>]
        where plan.overrides.contains(place) {
            let option = PlanSetting.of(place).flag ?? ""
            throw ValidationError("\(option) and --splits cannot be combined; use one of them")
        }
    }

    func run() async throws {
        do {
            if !resume { try plan.check() }
            try await train()
        } catch let error as SegmentationError where error.isSetting {
            Console().say(
                "Error: \(ErrorSentence.text(error))\n  See 'unet train --help' for more information.")
            throw ExitCode.validationFailure
        } catch let error as SegmentationError where error.isMisplaced {
            // A resumed run keeps the choice with which it was started.
            let hint = resume ? "" : "\n  To train on such files anyway, add --allow-misplaced."
            Console().say("Error: \(ErrorSentence.text(error))\(hint)")
            throw ExitCode.failure
        }
    }

    private func train() async throws {
        let dataset = try data.load()
        let console = Console()
        // Training itself reports the cases that it skips because they have no labels.
        console.show(dataset.issues.filter { !$0.isMissingReference })
        let run = RunFolder(output.url)
        var job = TrainingJob(dataset: dataset, run: run, device: device.device)
        job.budget = budget?.duration
        if let splits { job.splits = try GivenFile(splits).splits(of: dataset) }
        let (events, structures) = try training(job, on: dataset)
        let summary = try await console.train(events, structures: structures, resumption: resumption)
        let dice = summary.finalMeanDice.map { String(format: ", validation Dice %.3f", $0) } ?? ""
        try StandardOutput.print(
            "trained \(summary.epochs) epoch\(summary.epochs == 1 ? "" : "s") in \(TimeSpan(seconds: summary.seconds).description)\(dice): \(output.url.relativePath)"
        )
    }

    /// Returns the events of the training and the structures that it learns to segment.
    private func training(_ job: TrainingJob, on dataset: Dataset) throws -> (
        TrainingEvents, structures: [Structure]
    ) {
        guard resume else { return (job.start(try plan.makePlan(dataset)), dataset.structures) }
        let path = output.url.relativePath
        guard job.run.holdsRun else { throw SegmentationError.noRun(path: path) }
        let planned = try job.run.readPlan()
        try plan.overrides.check(against: planned, path: path)
        try data.structures.check(against: planned.structures, path: path)
        let threads = plan.overrides.value(at: \.training.threads, as: Int.self)
        return (job.resume(threads: threads), planned.structures)
    }

    /// The command that continues the run.
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

extension TimeSpan: ExpressibleByArgument {}

extension SegmentationError {
    /// Whether it refuses files that an argument can allow.
    fileprivate var isMisplaced: Bool {
        if case .misplaced = self { true } else { false }
    }

    /// Whether the cause is an argument rather than a file.
    fileprivate var isSetting: Bool {
        switch self {
        case .badSetting, .network, .noSuchFold: true
        default: false
        }
    }
}
