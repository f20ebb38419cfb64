import ArgumentParser
import Foundation
import Runs
import Segmentation
import Torch
import UNetDesign

/// `unet benchmark`.
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a network on this machine.",
        discussion: """
            Examples:
              unet benchmark train --filters 32 --input 256x256 --batch-size 4
              unet benchmark predict --filters 64 --kernels libtorch --json
              unet benchmark train --dimensions 3d --input 16x192x192 --filters 16

            Weights and images are random unless --tensors provides them. “make bench” compares with other engines.
            """)

    @Argument(help: "train: steps of forward pass, backward pass, and optimizer; predict: forward passes.")
    var task: NetworkBenchmark.Task
    @Option(help: "Filters of the first level.")
    var filters = 32
    @OptionGroup var network: NetworkOptions
    @Option(help: "Images per batch.")
    var batchSize = 1
    @Option(help: "CPU threads. (default: all cores)")
    var threads: Int?
    @Option(help: "CPU kernels: native (this project's own) or libtorch.")
    var kernels = KernelChoice.native
    @Option(
        help: ArgumentHelp(
            "Instruction set of the native kernels: avx512, avx2, neon, or portable. (default: the best available)",
            valueName: "name"))
    var instructions: String?
    @Option(help: "Device to run on.")
    var device = DeviceChoice.cpu
    @Option(help: "Timed runs, after two warm-up runs.")
    var runs = 10
    @Option(help: "Safetensors file with weights, “x”, and “target” to run with.")
    var tensors: PathArgument?
    @Option(help: "Safetensors file to write the network's outputs for --tensors to.")
    var outputs: PathArgument?
    @Flag(
        help:
            "Wait for a line on standard input before each run, and answer with its time in seconds, so that runs can be interleaved."
    )
    var paced = false
    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        for (name, value, limit) in [("batch-size", batchSize, 65_536), ("runs", runs, 1_000_000)]
        where !(1...limit).contains(value) {
            throw ValidationError("--\(name) must be from 1 to \(limit)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024")
        }
        try network.check(filters: filters, batchSize: batchSize)
    }

    func run() async throws { try await time() }

    @TensorActor
    private func time() throws {
        if let instructions { try Kernels.setInstructions(instructions) }
        let settings = ComputeSettings(
            kernels: Kernels(kernels), threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
            // As a training computes.
            isReproducible: task == .train)
        try settings.run {
            let benchmark = try NetworkBenchmark(
                task, configuration, batchSize: batchSize, inputSize: network.inputSize(for: configuration),
                tensors: tensors.map { try Safetensors(contentsOf: $0.url).tensors },
                path: tensors?.url.relativePath ?? "", device: device.device)
            if let outputs { try Safetensors(benchmark.outputs()).write(to: outputs.url) }
            for _ in 0..<2 { _ = try benchmark.run() }
            if paced {
                try answer(benchmark)
            } else {
                try StandardOutput.print(report((0..<runs).map { _ in try benchmark.run() }))
            }
        }
    }

    private var configuration: NetworkConfiguration { network.configuration(filters: filters) }

    @TensorActor
    private func answer(_ benchmark: NetworkBenchmark) throws {
        try StandardOutput.print("ready")
        while readLine() != nil {
            let answer: String
            do { answer = "\(try benchmark.run())" } catch { answer = "failed: \(ErrorSentence.text(error))" }
            try StandardOutput.print(answer)
        }
    }

    @TensorActor
    private func report(_ seconds: [Double]) -> String {
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        let used = kernels == .native && device == .cpu ? "native (\(Kernels.instructions))" : "libtorch"
        let input = NetworkDescription.text(network.inputSize(for: configuration))
        guard json else {
            return String(
                format:
                    "%@, %@ %@, %d filters, %@, batch %d, %d threads, %@ kernels: median %.4f s, %.4f to %.4f s in %d runs",
                task.rawValue, configuration.dimensions.rawValue, configuration.architecture.rawValue,
                filters,
                input, batchSize, TorchRuntime.threadCount, used, median,
                sorted[0], sorted[sorted.count - 1], sorted.count)
        }
        let values: [String: Any] = [
            "task": task.rawValue, "dimensions": configuration.dimensions.rawValue,
            "architecture": configuration.architecture.rawValue, "filters": filters,
            "depth": configuration.depth, "norm": configuration.norm.rawValue,
            "deep_supervision": configuration.deepSupervision, "channels": configuration.inputChannels,
            "classes": configuration.outputChannels, "input": input,
            "batch_size": batchSize, "threads": TorchRuntime.threadCount, "kernels": kernels.rawValue,
            "instructions": Kernels.instructions, "device": device.device.description, "runs": sorted.count,
            "median_seconds": median, "min_seconds": sorted[0], "max_seconds": sorted[sorted.count - 1],
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: values, options: [.prettyPrinted, .sortedKeys])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
