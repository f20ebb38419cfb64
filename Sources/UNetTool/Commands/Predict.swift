import ArgumentParser
import Datasets
import Foundation
import Imaging
import Report
import Runs
import Segmentation
import Torch

/// `unet predict`.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Segment images with a trained network.",
        discussion: """
            Examples:
              unet predict scan.nii.gz --model runs/fold0 --output predictions --overlay
              unet predict ACDC --model runs/fold0 --output predictions --split validation
              unet predict patient090_4d.nii.gz --frame 4 --model runs/fold0 --output predictions

            X.nii.gz gives X_pred.nii.gz, uint8 labels on the grid of X with its header's geometry byte for byte; \
            X.png gives X_pred.png, whose grey levels are the labels. \
            Files that fail do not stop the others; they are listed at the end.
            """)

    @Argument(
        help:
            "Images, or folders with images; in folders labels are left aside, and 4D series whose frames are there as files."
    )
    var inputs: [PathArgument]
    @Option(
        name: .shortAndLong, parsing: .upToNextOption,
        help: "A run folder or a weights file; several predict together, as the mean of their probabilities.")
    var model: [PathArgument]
    @Option(name: .shortAndLong, help: "Folder for the predictions; made if need be.")
    var output: PathArgument
    @Option(help: "Which weights of a run folder: last, or best on its held-out patients.")
    var weights = Model.Choice.last
    @Option(help: "One frame of a 4D series, counted from 1; without it every frame is segmented.")
    var frame: Int?
    @Option(
        help:
            "Only the patients of the run's own split: validation or training; of several runs those that all have in it."
    )
    var split: Splits.Side?
    @Option(help: "Only these cardiac phases; needs a data set as input.")
    var phases: PhaseSelection?
    @Flag(
        help:
            "Also write X_prob.nii.gz: class probabilities, float32, a class after the other; of pictures X_prob.tif, 65535 for 1."
    )
    var probabilities = false
    @Flag(help: "Also write X_overlay.png: every slice, with the contours of the prediction.")
    var overlay = false
    @Option(
        help:
            "Which connected components to keep: heart (the largest of all structures together, and of each structure its largest within that), largest (of each structure its largest), or all, as without this option."
    )
    var keep: ComponentRule?
    @Flag(
        help:
            "Keep the largest connected components: as --keep heart where the structures have a heart's names (LV and MYO), otherwise as --keep largest."
    )
    var largestComponent = false
    @Option(help: "Device to predict on: auto takes a GPU where there is one.")
    var device = DeviceChoice.auto
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?
    @Option(help: "CPU kernels: this project's own, or libtorch's.")
    var kernels = KernelChoice.native

    func validate() throws {
        if let frame, frame < 1 { throw ValidationError("--frame counts from 1") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be 1 to 1024")
        }
        if largestComponent, keep != nil {
            throw ValidationError("--keep and --largest-component cannot be combined; give one of them")
        }
        if frame != nil, split != nil || phases != nil {
            throw ValidationError("--frame is for files; --split and --phases take the frames of a data set")
        }
    }

    func run() throws {
        let console = Console()
        let found = try findInputs()
        var cleaning = Cleaning(rule: .all)
        let failures = try TensorThread.run {
            Kernels(kernels).use()
            try TorchRuntime.setThreadCount(threads ?? ProcessInfo.processInfo.activeProcessorCount)
            let models = try model.map {
                try Model(contentsOf: $0.url, choice: weights, device: device.device)
            }
            var job = PredictionJob(try Predictor(models), output: output.url)
            job.writesProbabilities = probabilities
            let structures = job.predictor.plan.structures
            cleaning.rule = keep ?? (largestComponent ? .fitting(structures) : .all)
            job.componentRule = cleaning.rule
            let meter = ProgressMeter("predicting", total: found.count, unit: "scans", console: console)
            var done = 0
            let failures = try job.run(found) { result in
                for warning in cleaning.note(result) { console.warn(warning) }
                if overlay { try writeOverlay(result, structures: structures) }
                done += 1
                meter.show(min(done, found.count), note: result.input.stem)
            }
            meter.end()
            return failures
        }
        for failure in failures { console.say("failed: \(failure.reason)") }
        try StandardOutput.print(
            "\(found.count - failures.count) of \(found.count) segmented into \(output.url.relativePath)")
        if let text = cleaning.summary { try StandardOutput.print(text) }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func findInputs() throws -> [PredictionInput] {
        guard split != nil || phases != nil else {
            let search = try PredictionInput.search(inputs.map(\.url), frame: frame.map { $0 - 1 })
            Console().show(search.issues)
            return search.inputs
        }
        let patients = try split.map { try Splits.patients($0, ofAll: model.map(run)) }
        let search = try PredictionInput.search(
            dataSets: inputs.map(\.url), patients: patients, phases: phases ?? .both)
        Console().show(search.issues)
        return search.inputs
    }

    /// The run that a model belongs to: the folder itself, or the one around a weights file.
    private func run(of model: PathArgument) -> RunFolder {
        let folder = RunFolder(model.url)
        return folder.holdsRun ? folder : RunFolder(model.url.deletingLastPathComponent())
    }

    private func writeOverlay(_ result: PredictionJob.Segmented, structures: [Structure]) throws {
        let sheet = ContactSheet.contours(
            title: result.stem, of: result.volume, prediction: result.labels, structures: structures)
        try sheet.picture().write(to: output.url.appending(path: "\(result.stem)_overlay.png"))
    }
}
