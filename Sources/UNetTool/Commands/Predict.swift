import ArgumentParser
import Datasets
import Foundation
import Imaging
import Report
import Runs
import Segmentation
import Torch

/// `unet predict`.
struct Predict: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Segment images with a trained network.",
        discussion: """
            Examples:
              unet predict scan.nii.gz --model runs/fold0 --output predictions --overlay
              unet predict ACDC --model runs/fold0 --output predictions --split validation
              unet predict patient090_4d.nii.gz --frame 4 --model runs/fold0 --output predictions

            For X.nii.gz, writes X_pred.nii.gz: uint8 labels on the grid of X, with the geometry of its header byte \
            for byte. For X.png, writes X_pred.png, whose gray levels are the labels. \
            Files that fail do not stop the others; they are listed at the end.
            """)

    @Argument(
        help:
            "Images, or folders of images; in folders, labels are skipped, and so are 4D series whose frames exist as separate files."
    )
    var inputs: [PathArgument]
    @Option(
        name: .shortAndLong, parsing: .upToNextOption,
        help:
            "A run folder, a model folder, or a weights file; several form an ensemble, which averages their probabilities."
    )
    var model: [PathArgument]
    @Option(name: .shortAndLong, help: "Folder for the predictions; created if needed.")
    var output: PathArgument
    @Option(help: "Which weights of a run folder to use: last, or best on its held-out patients.")
    var weights = Model.Choice.last
    @Flag(
        help:
            "Average over mirrored copies of each scan, which takes four times as long; only for networks trained on mirrored samples. Model folders do so if it helped in their cross-validation."
    )
    var tta = false
    @Flag(help: "Use only the first network of a model folder or ensemble, and no mirrored copies.")
    var fast = false
    @Option(help: "The frame of a 4D series to segment, counted from 1. (default: every frame)")
    var frame: Int?
    @Option(
        help:
            "Segment only the patients of one part of the run's split: validation or training; for an ensemble, only those that all runs have in that part."
    )
    var split: Splits.Side?
    @Option(help: "Segment only these cardiac phases; requires a dataset as input.")
    var phases: PhaseSelection?
    @Flag(
        help:
            "Also write X_prob.nii.gz: class probabilities as float32, one class after the other; for pictures, X_prob.tif, in which 65535 means 1."
    )
    var probabilities = false
    @Flag(help: "Also write X_overlay.png: every slice with the contours of the prediction.")
    var overlay = false
    @Option(
        help:
            "Which connected components to keep: heart (the largest of all structures together and, within it, the largest of each structure), largest (the largest of each structure), or all. (default: as the model folder says, otherwise all)"
    )
    var keep: ComponentRule?
    @Flag(
        help:
            "Keep the largest connected components: the same as --keep heart if there are structures named LV and MYO, otherwise the same as --keep largest."
    )
    var largestComponent = false
    @Option(help: "Device to predict on: auto uses a GPU if there is one.")
    var device = DeviceChoice.auto
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?
    @Option(help: "CPU kernels: native (this project's own) or libtorch.")
    var kernels = KernelChoice.native

    func validate() throws {
        if let frame, frame < 1 { throw ValidationError("--frame must be at least 1") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024")
        }
        if largestComponent, keep != nil {
            throw ValidationError("--keep and --largest-component cannot be combined; use one of them")
        }
        if fast, tta { throw ValidationError("--fast and --tta cannot be combined; use one of them") }
        if frame != nil, split != nil || phases != nil {
            throw ValidationError(
                "--frame cannot be combined with --split or --phases, which select cases of a dataset")
        }
    }

    func run() async throws {
        let console = Console()
        let found = try findInputs()
        var cleaning = Cleaning(rule: .all)
        var job = PredictionJob(try await predictor(), output: output.url)
        job.writesProbabilities = probabilities
        let structures = job.predictor.plan.structures
        cleaning.rule = keep ?? (largestComponent ? .fitting(structures) : job.predictor.componentRule)
        job.componentRule = cleaning.rule
        let meter = ProgressMeter("predicting", total: found.count, unit: "scans", console: console)
        var done = 0
        var doubtful: Set<PredictionInput> = []
        let failures = try await job.run(found) { result in
            for warning in cleaning.note(result) { console.warn(warning) }
            if let difference = job.predictor.differences(of: result.volume.geometry).first,
                !result.input.isPicture, doubtful.insert(result.input).inserted
            {
                console.warn(
                    "\(result.input.url.path(percentEncoded: false)): \(difference); look at the labels before you use them"
                )
            }
            if overlay { try writeOverlay(result, structures: structures) }
            done += 1
            meter.show(min(done, found.count), note: result.input.stem)
        }
        meter.end()
        for failure in failures { console.say("failed: \(ErrorSentence.text(failure.error))") }
        try StandardOutput.print(
            "\(found.count - failures.count) of \(found.count) segmented into \(output.url.relativePath)")
        if let text = cleaning.summary { try StandardOutput.print(text) }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func predictor() async throws -> Predictor {
        let settings = ComputeSettings(
            kernels: Kernels(kernels), threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        return try await Predictor.load(
            model.map(\.url), choice: weights, effort: tta ? .thorough : fast ? .fast : .usual,
            device: device.device, settings: settings)
    }

    private func findInputs() throws -> [PredictionInput] {
        guard split != nil || phases != nil else {
            let search = try PredictionInput.search(inputs.map(\.url), frame: frame.map { $0 - 1 })
            Console().show(search.issues)
            return search.inputs
        }
        let patients = try split.map { try Splits.patients($0, ofAll: model.map(run)) }
        let search = try PredictionInput.search(
            datasets: inputs.map(\.url), patients: patients, phases: phases ?? .both)
        Console().show(search.issues)
        return search.inputs
    }

    /// Returns the run of a model: the folder itself, or that of a weights file.
    private func run(of model: PathArgument) -> RunFolder {
        let folder = RunFolder(model.url)
        return folder.holdsRun ? folder : RunFolder(model.url.deletingLastPathComponent())
    }

    private func writeOverlay(_ result: PredictionJob.Segmented, structures: [Structure]) throws {
        let sheet = try ContactSheet.contours(
            title: result.stem, of: result.volume, prediction: result.labels, structures: structures)
        try sheet.picture().write(to: output.url.appending(path: "\(result.stem)_overlay.png"))
    }
}
