import ArgumentParser
import Datasets
import Foundation
import Scoring
import Runs
import Segmentation

/// `unet evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score predictions against ground truth: Dice, IoU, distances, and volumes.",
        discussion: """
            Examples:
              unet evaluate --predictions predictions --truth ACDC --json evaluation.json --csv evaluation.csv
              unet evaluate --predictions predictions --truth isbi2012/train --membranes --probabilities predictions

            X_pred.nii.gz (or .png) is scored against the labels of case X, per volume, on the scan's own grid. \
            Structures are matched by name, whatever their label values are: predictions by unet carry the names; \
            for files from other programs, use --prediction-structures.
            """)

    @Option(name: .shortAndLong, help: "Folder that unet predict wrote to.")
    var predictions: PathArgument
    @Option(name: .shortAndLong, help: "The dataset with the ground truth.")
    var truth: PathArgument
    @Option(
        help:
            "Folder with the X_prob files of unet predict --probabilities, to also score cross-entropy and Dice loss."
    )
    var probabilities: PathArgument?
    @Option(help: "JSON file to write all scores to.")
    var json: PathArgument?
    @Option(help: "CSV file to write a row for each case and structure to.")
    var csv: PathArgument?
    @Flag(
        help:
            "Score membranes between cells as in the ISBI-2012 challenge; requires --probabilities and a single structure."
    )
    var membranes = false
    @OptionGroup var structures: StructureOptions
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Names of the predictions' labels, such as RV=1 MYO=2 LV=3, to use instead of the names in the files.",
            valueName: "name=value"))
    var predictionStructures: [StructureArgument] = []

    func validate() throws {
        try predictionStructures.check("--prediction-structures")
        try checkDifferent(("--json", json), ("--csv", csv))
        guard membranes else { return }
        if probabilities == nil { throw ValidationError("--membranes requires --probabilities") }
        if csv != nil { throw ValidationError("--membranes cannot be combined with --csv; use --json") }
        if !predictionStructures.isEmpty {
            throw ValidationError(
                "--membranes cannot be combined with --prediction-structures; it scores a single structure")
        }
    }

    func run() throws {
        let console = Console()
        let dataset = try structures.load(truth)
        if membranes, let probabilities {
            let result = try MembraneJob(probabilities: probabilities.url, truth: dataset).run()
            tell(result.unpredicted, console)
            try deliver(result.evaluation.table(), json: result.evaluation.json(), csv: nil, console)
            return
        }
        var job = EvaluationJob(
            predictions: predictions.url, truth: dataset, probabilities: probabilities?.url)
        if !predictionStructures.isEmpty { job.predictionStructures = predictionStructures.map(\.structure) }
        let result = try job.run()
        for note in result.notes { console.say(note.description) }
        for warning in result.warnings { console.warn(ErrorSentence.text(warning)) }
        tell(result.unpredicted, console)
        if let missing = result.evaluation.missingClinical { console.say(text(missing)) }
        for failure in result.failures { console.say("failed: \(ErrorSentence.text(failure))") }
        try deliver(
            result.evaluation.table(), json: result.evaluation.json(),
            csv: Data(result.evaluation.csv().utf8),
            console)
        if !result.failures.isEmpty { throw ExitCode.failure }
    }

    /// Prints the table, unless a file for a program goes to standard output, and writes the files.
    private func deliver(_ table: String, json data: Data, csv rows: Data?, _ console: Console) throws {
        var deliveries = Deliveries()
        let files = [(json, data), (csv, rows)].compactMap { path, data -> (file: ResultFile, data: Data)? in
            guard let path, let data else { return nil }
            return (path.results, data)
        }
        if !files.contains(where: \.file.isStandardOutput) {
            deliveries.add { try StandardOutput.print(table) }
        }
        for (file, data) in files { deliveries.add { try file.write(data) } }
        try deliveries.finish(console)
    }

    private func text(_ missing: Evaluation.MissingClinical) -> String {
        guard case .noHeart = missing else { return "\(missing)" }
        return "\(missing), for example with --structures RV=1 MYO=2 LV=3"
    }

    private func tell(_ unpredicted: [String], _ console: Console) {
        guard let first = unpredicted.first else { return }
        console.say(
            unpredicted.count == 1
                ? "\(first) has no prediction and is not scored"
                : "\(unpredicted.count) cases of the dataset have no prediction and are not scored")
    }
}
