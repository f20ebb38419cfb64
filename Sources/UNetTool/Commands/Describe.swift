import ArgumentParser
import Foundation
import Runs
import Segmentation
import Torch
import UNetDesign

/// `unet describe`.
struct Describe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a network layer by layer: sizes, parameters, and FLOPs.",
        discussion: """
            Examples:
              unet describe --architecture classic --classes 2
              unet describe --architecture residual --dimensions 3d --filters 32 --input 12x224x224
              unet describe --model runs/first --json

            The first is Figure 1 of the U-Net paper.
            """)

    @Option(
        help:
            "A run folder or a weights file whose network to describe, instead of one specified by options; its input is the patch it was trained on unless --input is given."
    )
    var model: PathArgument?
    @Option(help: "Filters of the first level; each level below has twice as many. (default: 64)")
    var filters: Int?
    @OptionGroup var network: NetworkOptions
    @Flag(help: "Print the description as JSON.")
    var json = false

    func validate() throws {
        guard model != nil else { return try network.check(filters: filters ?? 64) }
        if let name = filters == nil ? network.firstGiven : "filters" {
            throw ValidationError("--model determines the network; remove --\(name)")
        }
    }

    func run() async throws {
        let configuration: NetworkConfiguration
        let size: [Int]
        if let model {
            let plan = try await Model(contentsOf: model.url).plan
            configuration = plan.network
            try network.checkInput(configuration.dimensions)
            size = network.input?.sides ?? plan.training.patch.sides(rank: configuration.dimensions.rank)
        } else {
            configuration = network.configuration(filters: filters ?? 64)
            size = network.inputSize(for: configuration)
        }
        let description = try NetworkDescription(configuration, input: size)
        try StandardOutput.print(json ? description.json() : description.table())
    }
}
