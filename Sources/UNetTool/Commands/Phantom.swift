import ArgumentParser
import Datasets
import Foundation
import Phantom

/// `unet phantom`.
struct Phantom: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write a dataset of synthetic hearts in ACDC's layout, with known volumes and ejection fractions.",
        discussion: """
            Example:
              unet phantom hearts --patients 50 --seed 7
            """)

    @Argument(help: "A new or empty folder.")
    var folder: PathArgument

    @Option(help: "Number of patients; each has an end-diastolic and an end-systolic scan.")
    var patients = 40

    @Option(help: "Seed from which everything is generated.")
    var seed: UInt64 = 1

    func validate() throws {
        let counts = PhantomDataset.patientCounts
        guard counts.contains(patients) else {
            throw ValidationError("--patients must be from \(counts.lowerBound) to \(counts.upperBound)")
        }
    }

    func run() throws {
        let console = Console()
        let meter = ProgressMeter("drawing hearts", total: patients, unit: "patients", console: console)
        try PhantomDataset.write(to: folder.url, patients: patients, seed: seed) { meter.show($0) }
        meter.end()
        try StandardOutput.print("\(patients) patients in \(folder.url.relativePath)")
    }
}
