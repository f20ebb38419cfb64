import ArgumentParser
import Datasets
import Foundation
import Report
import Runs
import Scans

/// `unet preview`.
struct Preview: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw augmented training samples with their labels, before anything is trained.",
        discussion: """
            Example:
              unet preview ACDC --output samples.png --recipe best

            Takes the options of unet train, and shows what the network would see.
            """)

    @OptionGroup var data: DataOptions
    @Option(name: .shortAndLong, help: "PNG file to draw the samples to.")
    var output: PathArgument
    @Option(help: "Number of samples, from 1 to 100.")
    var samples = 15
    @OptionGroup(title: "Plan") var plan: PlanOptions

    func validate() throws {
        guard (1...100).contains(samples) else { throw ValidationError("--samples must be from 1 to 100") }
    }

    func run() throws {
        let console = Console()
        try plan.check()
        let dataset = try data.load()
        let plan = try plan.makePlan(dataset)
        let display = TrainingDisplay(console, structures: plan.structures.map(\.name))
        let preview = try SamplePreview(of: dataset, plan: plan, count: samples) { display.show($0) }
        let overlay = try Overlay(
            of: preview.image, layers: [OverlayLayer(preview.labels)], structures: plan.structures)
        let sheet = try ContactSheet(
            title: "Training samples", rows: [ContactSheet.Row("", overlay)], slices: Array(0..<samples),
            columns: min(samples, 5))
        try sheet.picture().write(to: output.url)
        try StandardOutput.print("\(samples) sample\(samples == 1 ? "" : "s"): \(output.url.relativePath)")
    }
}
