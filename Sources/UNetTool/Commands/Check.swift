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
        let dataSet = try data.load()
        let meter = ProgressMeter(
            "reading", total: dataSet.cases.count, unit: dataSet.isImages ? "images" : "scans",
            console: Console())
        let audit = Audit(of: dataSet) { meter.show($0) }
        meter.end()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try StandardOutput.print(String(decoding: encoder.encode(audit), as: UTF8.self))
        } else {
            var lines = [audit.description]
            // The names are the last of the problems.
            if let likely = audit.anatomy.likelyNames {
                lines.append("            to use these names, add \(StructureOptions.text(likely))")
            }
            try StandardOutput.print(lines.joined(separator: "\n"))
        }
        if !audit.problems.isEmpty { throw ExitCode.failure }
    }
}
