import ArgumentParser
import Datasets
import Foundation
import Runs
import Segmentation

/// `unet crossvalidate`.
struct CrossValidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crossvalidate",
        abstract:
            "Train all folds, score patients that each network has not seen, and make one model of them.",
        discussion: """
            Examples:
              unet crossvalidate ACDC --output runs/cv --recipe best
              unet predict scan.nii.gz --model runs/cv/model --output predictions

            Run the same command again to continue after an interruption. Several processes can share the folder, each \
            training other folds. The folder contains a run for each fold; predictions of all patients, each by the network \
            that has not seen them, with evaluation.json and evaluation.csv; crossvalidation.json, with what was chosen by \
            these predictions (which components are kept, whether scans are mirrored); and model, the networks of all \
            folds, for unet predict.
            """)

    @OptionGroup var data: DataOptions
    @Option(name: .shortAndLong, help: "Folder of the cross-validation; created if needed.")
    var output: PathArgument
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Train only these folds now, such as 0 2. (default: all)", valueName: "k"))
    var folds: [Int] = []
    @OptionGroup(title: "Plan") var plan: PlanOptions
    @Option(help: "Device to train and predict on: auto uses a GPU if there is one.")
    var device = DeviceChoice.auto

    func validate() throws {
        for place in [\Plan.training.fold, \Plan.training.holdOut] as [PartialKeyPath<Plan>]
        where plan.overrides.contains(place) {
            let option = PlanSetting.of(place).flag ?? ""
            throw ValidationError("a cross-validation holds out every patient once; remove \(option)")
        }
        if let fold = folds.first(where: { $0 < 0 }) { throw ValidationError("there is no fold \(fold)") }
    }

    func run() async throws {
        let console = Console()
        let dataset = try data.load()
        console.show(dataset.issues.filter { !$0.isMissingReference })
        let folder = CrossValidationFolder(output.url)
        let plan = try makePlan(dataset, folder)
        if let fold = folds.first(where: { $0 >= plan.training.foldCount }) {
            throw ValidationError("there is no fold \(fold), only 0 to \(plan.training.foldCount - 1)")
        }
        var job = CrossValidationJob(dataset: dataset, folder: folder, device: device.device)
        if !folds.isEmpty { job.folds = Set(folds).sorted() }
        job.threads = self.plan.overrides.value(at: \.training.threads, as: Int.self)
        do {
            let path = output.url.relativePath
            let isComplete = try await StopRequest.canceling { [job] in
                try await Self.run(job, plan, path: path, console)
            }
            if !isComplete {
                try StandardOutput.print(
                    "not all folds are trained yet; run the same command again to train the others and to score them"
                )
            }
        } catch SegmentationError.stopped {
            console.say("stopped; run the same command again to continue")
            throw ExitCode(128 + (StopRequest.signal ?? SIGINT))
        } catch is CancellationError {
            console.say("stopped; run the same command again to continue")
            throw ExitCode(128 + (StopRequest.signal ?? SIGINT))
        }
    }

    /// The plan of the folder, which the options must not contradict, or a new one.
    private func makePlan(_ dataset: Dataset, _ folder: CrossValidationFolder) throws -> Plan {
        guard folder.isBegun else {
            try plan.check()
            return try plan.makePlan(dataset)
        }
        let path = output.url.relativePath
        let planned = try folder.readPlan()
        try plan.overrides.check(against: planned, path: path)
        try data.structures.check(against: planned.structures, path: path)
        try planned.checkStructures(of: dataset, run: path)
        return planned
    }

    /// Runs `job`, and shows its progress and its results.
    ///
    /// - Returns: whether all folds are trained.
    private static func run(
        _ job: CrossValidationJob, _ plan: Plan, path: String, _ console: Console
    ) async throws -> Bool {
        let structures = plan.structures.map(\.name)
        var display = TrainingDisplay(console, structures: structures)
        var (fold, meter) = (-1, ProgressMeter?.none)
        return try await job.run(plan) { event in
            switch event {
            case .begun(let folds, let trained):
                console.say("\(trained) of \(folds) folds are trained")
            case .training(let number, let event):
                if number != fold {
                    fold = number
                    display = TrainingDisplay(console, structures: structures)
                    console.say("fold \(fold)")
                }
                display.show(event)
            case .elsewhere(let fold): console.say("fold \(fold) is being trained by another process")
            case .predicting(let done, let total):
                if meter == nil {
                    meter = ProgressMeter("predicting", total: total, unit: "scans", console: console)
                }
                meter?.show(done)
            case .failed(let failure): console.say("failed: \(ErrorSentence.text(failure.error))")
            case .finished(let summary, let result):
                meter?.end()
                for warning in result.warnings { console.warn(ErrorSentence.text(warning)) }
                try StandardOutput.print(result.evaluation.table())
                try StandardOutput.print(text(summary, path: path))
            }
        }
    }

    private static func text(_ summary: CrossValidationSummary, path: String) -> String {
        func line(_ candidate: CrossValidationSummary.Candidate) -> String {
            let name =
                "\(candidate.isMirrored ? "mirrored" : "plain"), components: \(candidate.components.rawValue)"
            let mark = candidate == summary.chosen ? "  chosen" : ""
            return "  " + name.padding(toLength: 32, withPad: " ", startingAt: 0)
                + String(format: "%.4f", candidate.meanDice) + mark
        }
        let folds = summary.foldDice.map { String(format: "%.4f", $0) }.joined(separator: " ")
        return
            (["Mean Dice of \(summary.cases) held-out cases by the way labels are made:"]
            + summary.candidates.map(line) + ["by fold: \(folds)", "model: \(path)/model"])
            .joined(separator: "\n")
    }
}
