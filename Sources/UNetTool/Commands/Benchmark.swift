import ArgumentParser
import Foundation
import Runs
import Segmentation
import Torch
import UNetDesign

/// `unet benchmark`.
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a network, or the drawing of training samples, on this machine.",
        discussion: """
            Examples:
              unet benchmark train --filters 32 --input 256x256 --batch-size 4
              unet benchmark predict --filters 64 --kernels libtorch --json
              unet benchmark train --dimensions 3d --input 16x192x192 --filters 16
              unet benchmark augment --input 256x224 --augmentation strong

            Weights and images are random unless --tensors provides them. “make bench” compares with other engines.
            augment draws training samples of 2D slices on one thread; its options are --input, --augmentation, \
            --samples, --runs, --paced, and --json.
            """)

    @Argument(
        help:
            "train: steps of forward pass, backward pass, and optimizer; predict: forward passes; augment: varied training samples."
    )
    var task: BenchmarkTask
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
    @OptionGroup var samples: SampleOptions
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
        guard task.ofNetwork != nil else {
            if let option = network.firstGiven ?? firstOfNetworks {
                throw ValidationError("--\(option) is for networks, not for augment")
            }
            return try samples.check(network.input)
        }
        if let option = samples.firstGiven {
            throw ValidationError("--\(option) is for augment, not for \(task.rawValue)")
        }
        try network.check(filters: filters, batchSize: batchSize)
    }

    /// The first option given that says how a network runs.
    private var firstOfNetworks: String? {
        let options = [
            ("filters", filters != 32), ("batch-size", batchSize != 1), ("threads", threads != nil),
            ("kernels", kernels != .native), ("instructions", instructions != nil),
            ("device", device != .cpu),
            ("tensors", tensors != nil), ("outputs", outputs != nil),
        ]
        return options.first(where: \.1)?.0
    }

    func run() async throws {
        guard let task = task.ofNetwork else {
            return try samples.time(network.input, runs: runs, paced: paced, json: json)
        }
        try await time(task)
    }

    @TensorActor
    private func time(_ task: NetworkBenchmark.Task) throws {
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
                try Self.answer { try benchmark.run() }
            } else {
                try StandardOutput.print(report((0..<runs).map { _ in try benchmark.run() }))
            }
        }
    }

    private var configuration: NetworkConfiguration { network.configuration(filters: filters) }

    /// Answers every line on standard input with the seconds of `run`.
    static func answer(_ run: () throws -> Double) throws {
        try StandardOutput.print("ready")
        while readLine() != nil {
            let answer: String
            do { answer = "\(try run())" } catch { answer = "failed: \(ErrorSentence.text(error))" }
            try StandardOutput.print(answer)
        }
    }

    @TensorActor
    private func report(_ seconds: [Double]) -> String {
        let (sorted, median) = (seconds.sorted(), Self.median(of: seconds))
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

    /// The median of one or more numbers.
    static func median(of numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// What is timed.
enum BenchmarkTask: String, CaseIterable, ExpressibleByArgument {
    case train, predict, augment

    /// The task of a network; nil where none is needed.
    var ofNetwork: NetworkBenchmark.Task? { NetworkBenchmark.Task(rawValue: rawValue) }
}
