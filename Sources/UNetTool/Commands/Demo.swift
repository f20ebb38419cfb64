import ArgumentParser
import Datasets
import Files
import Foundation
import Phantom
import Imaging
import NIfTI
import Report
import Runs
import Segmentation
import Torch
import UNetDesign

/// `unet demo`.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run the whole workflow on synthetic hearts: data, training, prediction, scores, and a picture.",
        discussion: """
            Example:
              unet demo --output demo

            Nothing but this program is needed. To continue an interrupted demo, run the same command again.
            """)

    @Option(name: .shortAndLong, help: "Folder for everything the demo writes.")
    var output = PathArgument(argument: "demo")!
    @Option(help: "Synthetic patients to train on.")
    var patients = 24
    @Option(help: "Further synthetic patients to segment and score.")
    var unseen = 10
    @Option(help: "Passes over the training slices.")
    var epochs = 12
    @Option(help: "Filters of the first level.")
    var filters = 16
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?

    func validate() throws {
        for (name, value, limit) in [
            ("patients", patients, PhantomDataset.patientCounts.upperBound),
            ("unseen", unseen, PhantomDataset.patientCounts.upperBound), ("epochs", epochs, 1_000_000),
            ("filters", filters, 65_536),
        ]
        where !(1...limit).contains(value) {
            throw ValidationError("--\(name) must be from 1 to \(limit)")
        }
        do { try NetworkConfiguration(outputChannels: 4, filters: filters).checkWeightCount() } catch {
            throw ValidationError("\(error)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024")
        }
    }

    func run() async throws {
        let console = Console()
        let start = ContinuousClock.now
        let known = try hearts("training-hearts", "--patients", count: patients, seed: 1, console)
        let others = try hearts("unseen-hearts", "--unseen", count: unseen, seed: 2, console)
        let run = RunFolder(output.url.appending(path: "run"))
        _ = try await console.train(
            training(known, run), structures: known.structures, resumption: resumption)
        let predictions = output.url.appending(path: "predictions")
        let failures = try await predict(others, run, into: predictions, console)
        let result = try EvaluationJob(predictions: predictions, truth: others).run()
        try AtomicFile.write(result.evaluation.json(), to: output.url.appending(path: "evaluation.json"))
        try AtomicFile.write(result.evaluation.csv(), to: output.url.appending(path: "evaluation.csv"))
        let picture = output.url.appending(path: "heart.png")
        try draw(others, predictions, to: picture)

        for error in failures.map(\.error) + result.failures {
            console.say("failed: \(ErrorSentence.text(error))")
        }
        let scores = output.url.appending(path: "evaluation.json").relativePath
        try StandardOutput.print(
            """
            \(result.evaluation.table())
            Scores on \(unseen) synthetic patients that the network has never seen, after \
            \(TimeSpan(seconds: (ContinuousClock.now - start) / .seconds(1)).description).
            Picture:     \(picture.relativePath)
            Predictions: \(predictions.relativePath)
            Scores:      \(scores), evaluation.csv
            Curves:      \(run.curves.relativePath)
            """)
        if !failures.isEmpty || !result.failures.isEmpty { throw ExitCode.failure }
    }

    /// The command that continues the demo.
    private var resumption: String {
        let numbers = [
            ("patients", patients), ("unseen", unseen), ("epochs", epochs), ("filters", filters),
        ]
        let words =
            ["unet", "demo", "--output", output.url.relativePath]
            + numbers.flatMap { ["--\($0.0)", "\($0.1)"] } + (threads.map { ["--threads", "\($0)"] } ?? [])
        return words.map(\.quotedForShell).joined(separator: " ")
    }

    /// Returns synthetic hearts, drawing them unless an earlier demo has done so.
    private func hearts(_ name: String, _ option: String, count: Int, seed: UInt64, _ console: Console) throws
        -> Dataset
    {
        let folder = output.url.appending(path: name)
        if !FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) {
            let meter = ProgressMeter("drawing \(name)", total: count, unit: "patients", console: console)
            defer { meter.end() }
            try PhantomDataset.write(to: folder, patients: count, seed: seed) { meter.show($0) }
        }
        let dataset = try Dataset(contentsOf: folder)
        guard dataset.patients.count == count else {
            throw OtherDemo(
                path: output.url.relativePath, option: option, made: dataset.patients.count, given: count)
        }
        return dataset
    }

    private func training(_ dataset: Dataset, _ run: RunFolder) throws -> TrainingEvents {
        let job = TrainingJob(dataset: dataset, run: run)
        var training = TrainingPlan()
        training.epochs = epochs
        // Small batches allow more steps in the few minutes of a demo.
        training.batchSize = 4
        training.fold = nil
        training.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        let plan = Plan(
            structures: dataset.structures,
            network: NetworkConfiguration(
                outputChannels: Plan.outputChannels(for: dataset.structures), filters: filters),
            training: training)
        guard run.holdsRun else { return job.start(plan) }
        let planned = try run.readPlan()
        var given = PlanOverrides()
        given.add(.of(\.training.epochs), epochs)
        given.add(.of(\.network.filters), filters)
        try given.check(against: planned, path: output.url.relativePath)
        return job.resume(threads: threads)
    }

    private func predict(_ dataset: Dataset, _ run: RunFolder, into folder: URL, _ console: Console)
        async throws
        -> [PredictionJob.Failure]
    {
        let inputs = dataset.cases.map { PredictionInput($0) }
        let meter = ProgressMeter("predicting", total: inputs.count, unit: "scans", console: console)
        defer { meter.end() }
        let job = PredictionJob(try Predictor([try await Model(contentsOf: run.url)]), output: folder)
        var done = 0
        return try await job.run(inputs) { _ in
            done += 1
            meter.show(done)
        }
    }

    /// Draws the first patient's end-diastole from base to apex: image, truth, and prediction.
    private func draw(_ dataset: Dataset, _ predictions: URL, to file: URL) throws {
        guard let item = dataset.cases.first else { return }
        let loaded = try dataset.load(item)
        let prediction = try LabelMap(
            image: NIfTIImage(contentsOf: predictions.appending(path: "\(item.id)_pred.nii.gz")))
        try ContactSheet(
            title: "\(item.id), a synthetic heart", of: loaded.volume, reference: loaded.labels,
            prediction: prediction,
            structures: dataset.structures
        ).picture().write(to: file)
    }
}

/// A demo that was started with a different number of patients.
private struct OtherDemo: Error, CustomStringConvertible {
    let path: String
    let option: String
    let made: Int
    let given: Int

    var description: String {
        "\(path): the run was started with \(option) \(made) and cannot be resumed with \(given); use the same value, or start a new run in another --output"
    }
}
