import ArgumentParser
import Datasets
import Files
import Foundation
import Scoring
import Segmentation

/// `unet evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score predictions against ground truth: Dice, IoU, distances, volumes.",
        discussion: """
            Examples:
              unet evaluate --predictions predictions --truth ACDC --json evaluation.json --csv evaluation.csv
              unet evaluate --predictions predictions --truth isbi2012/train --membranes --probabilities predictions

            X_pred.nii.gz (or .png) is scored against the labels of case X, per volume, on the scan's own grid.
            """)

    @Option(name: .shortAndLong, help: "Folder that unet predict wrote.")
    var predictions: PathArgument
    @Option(name: .shortAndLong, help: "The data set with the ground truth.")
    var truth: PathArgument
    @Option(
        help: "Folder with X_prob files of unet predict --probabilities, for cross-entropy and Dice loss.")
    var probabilities: PathArgument?
    @Option(help: "Write all scores here as JSON.")
    var json: PathArgument?
    @Option(help: "Write a row for each case and structure here.")
    var csv: PathArgument?
    @Flag(
        help:
            "Score membranes between cells as the ISBI-2012 challenge does; needs --probabilities and one structure."
    )
    var membranes = false
    @OptionGroup var structures: StructureOptions

    func validate() throws {
        guard membranes else { return }
        if probabilities == nil { throw ValidationError("--membranes needs --probabilities") }
        if csv != nil { throw ValidationError("--membranes has no --csv; use --json") }
    }

    func run() throws {
        let console = Console()
        let dataSet = try structures.load(truth)
        if membranes, let probabilities {
            let result = try MembraneJob(probabilities: probabilities.url, truth: dataSet).run()
            tell(result.unpredicted, console)
            print(result.evaluation.table())
            if let json { try AtomicFile.write(result.evaluation.json(), to: json.url) }
            return
        }
        let result = try EvaluationJob(
            predictions: predictions.url, truth: dataSet, probabilities: probabilities?.url
        ).run()
        for warning in result.warnings { console.warn(warning) }
        tell(result.unpredicted, console)
        // Shown before the files are written, so that the scores are not lost where those cannot be.
        print(result.evaluation.table())
        if let json { try AtomicFile.write(result.evaluation.json(), to: json.url) }
        if let csv { try AtomicFile.write(result.evaluation.csv(), to: csv.url) }
        for failure in result.failures { console.say("failed: \(failure)") }
        if !result.failures.isEmpty { throw ExitCode.failure }
    }

    private func tell(_ unpredicted: [String], _ console: Console) {
        guard let first = unpredicted.first else { return }
        console.say(
            unpredicted.count == 1
                ? "\(first) has no prediction and is not scored"
                : "\(unpredicted.count) cases of the data set have no prediction and are not scored")
    }
}
