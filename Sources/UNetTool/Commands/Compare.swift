import ArgumentParser
import Foundation
import Report
import Runs
import Segmentation

/// `unet compare`.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare runs side by side: size, speed, Dice on the held-out patients, and curves.",
        discussion: """
            Example:
              unet compare runs/padded runs/residual runs/3d --picture curves.svg

            Dice is the mean over the held-out scans after each run's last epoch; the table also shows how many \
            scans and patients those are. Runs whose held-out patients, phases, scans, or structures differ from \
            those of the first run are marked, because their scores cannot be compared.
            """)

    @Argument(help: "Run folders.")
    var runs: [PathArgument]
    @Option(help: "SVG file to draw the loss and Dice of all runs to.")
    var picture: PathArgument?

    func run() throws {
        let comparison = try RunComparison(runs.map { RunFolder($0.url) })
        let file = picture?.results
        var deliveries = Deliveries()
        if let file { deliveries.add { try file.write(Data(comparison.curves.svg.utf8)) } }
        if file?.isStandardOutput != true {
            deliveries.add {
                let line = picture.map { "\nPicture: \($0.url.relativePath)" } ?? ""
                try StandardOutput.print(comparison.table() + line)
            }
        }
        try deliveries.finish(Console())
    }
}

extension RunComparison {
    /// The loss above the Dice, with a line for each run.
    var curves: Curves {
        Curves(
            title: "Training runs",
            charts: [
                LineChart(
                    title: "Training loss", xLabel: "epoch",
                    series: rows.map { Series($0.name, $0.log.rows.map(\.trainingLoss)) }),
                LineChart(
                    title: "Mean Dice on the held-out patients", xLabel: "epoch",
                    series: rows.map { row in
                        // Epochs that were not validated leave no gap.
                        let scored = row.log.rows.filter { !$0.validationDice.isEmpty }
                        return Series(
                            row.name, x: scored.map { Double($0.epoch) },
                            y: scored.map { $0.meanDice ?? .nan })
                    },
                    yRange: 0...1),
            ])
    }
}
