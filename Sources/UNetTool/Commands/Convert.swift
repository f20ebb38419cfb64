import Files
import ArgumentParser
import Datasets
import Foundation

extension Conversion.Target: ExpressibleByArgument {}

/// `unet convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert a dataset to another layout: nnU-Net's raw folders or the Decathlon's.",
        discussion: """
            Example:
              unet convert ACDC/training --to nnunet --output nnUNet_raw/Dataset027_ACDC

            Cases keep their names, and dataset.json also notes their patients, phases, and groups, so that splits \
            stay by patient. NIfTI files are copied byte for byte where the layout allows it. Every case is checked \
            first, and the folder appears only after all of it is written.
            """)

    @OptionGroup var data: DataOptions
    @Option(help: "The layout to write.")
    var to: Conversion.Target
    @Option(name: .shortAndLong, help: "A new or empty folder.")
    var output: PathArgument
    @Flag(help: "Print a summary of what was written as JSON.")
    var json = false

    func run() throws {
        let console = Console()
        let dataset = try data.load()
        console.show(dataset.issues)
        let conversion = Conversion(dataset, to: to)
        let meter = ProgressMeter("writing", total: conversion.caseCount, unit: "cases", console: console)
        defer { meter.end() }
        let result = try conversion.write(to: output.url) { meter.show($0) }
        meter.end()
        if json {
            try StandardOutput.print(String(decoding: result.jsonText(), as: UTF8.self))
        } else {
            try StandardOutput.print(
                "\(result.training) training cases and \(result.test) test images in \(output.url.relativePath): "
                    + "\(result.copied) files copied, \(result.rewritten) rewritten; labels 0 = background, "
                    + result.structures.map { "\($0.label) = \($0.name)" }.joined(separator: ", "))
        }
    }
}
