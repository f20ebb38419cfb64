import Files
import ArgumentParser
import Datasets
import Foundation

/// `unet check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report what a dataset contains and what is wrong with it, before you train on it.",
        discussion: """
            Examples:
              unet check ACDC/training
              unet check isbi2012/train --structures cell=255

            Every file is read. The exit status is 1 if there is any problem: files that are missing, unreadable, or \
            inconsistent, labels that lie elsewhere than their image, or label names that contradict the anatomy of \
            the heart.
            """)

    @OptionGroup var data: DataOptions
    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws {
        let dataset = try data.load()
        let meter = ProgressMeter(
            "reading", total: dataset.cases.count, unit: dataset.isImages ? "images" : "scans",
            console: Console())
        let audit = Audit(of: dataset) { meter.show($0) }
        meter.end()
        if json {
            try StandardOutput.print(String(decoding: audit.jsonText(), as: UTF8.self))
        } else {
            var lines = [audit.description]
            // The problem with the names is the last one.
            if let likely = audit.anatomy.likelyNames {
                lines.append("            to use these names, add \(StructureOptions.text(likely))")
            }
            try StandardOutput.print(lines.joined(separator: "\n"))
        }
        if !audit.problems.isEmpty { throw ExitCode.failure }
    }
}
