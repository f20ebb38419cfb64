import ArgumentParser
import Foundation
import Runs
import UNetDesign

/// What `unet benchmark augment` draws.
struct SampleOptions: ParsableArguments {
    @Option(
        help:
            "Augmentation to time: nnunet (what nnU-Net does to 2D samples, and no more), none, light, or strong. (default: nnunet)"
    )
    var augmentation: SampleVariation?
    @Option(help: "Samples in a run. (default: 256)")
    var samples: Int?

    /// The first option that was given.
    var firstGiven: String? { augmentation != nil ? "augmentation" : samples != nil ? "samples" : nil }

    /// Throws what is wrong with these options and the size of the slices.
    func check(_ input: InputSize?) throws {
        if let samples, !(1...1_000_000).contains(samples) {
            throw ValidationError("--samples must be from 1 to 1000000")
        }
        let sides = sides(input)
        guard sides.count == 2, sides.allSatisfy({ (16...4096).contains($0) }) else {
            throw ValidationError("--input must be HxW for augment, from 16 to 4096 pixels each")
        }
    }

    /// Draws samples of slices of `input`, and prints how long that takes.
    func time(_ input: InputSize?, runs: Int, paced: Bool, json: Bool) throws {
        let (sides, count) = (sides(input), samples ?? 256)
        let variation = augmentation ?? .nnunet
        let benchmark = AugmentationBenchmark(
            variation.augmentation, width: sides[1], height: sides[0], samples: count)
        var number = 0
        func run() -> Double {
            number += 1
            return benchmark.run(number)
        }
        for _ in 0..<2 { _ = run() }
        if paced { return try Benchmark.answer { run() } }
        let seconds = (0..<runs).map { _ in run() }
        let (low, median, high) = (seconds.min() ?? 0, Benchmark.median(of: seconds), seconds.max() ?? 0)
        guard json else {
            return try StandardOutput.print(
                String(
                    format:
                        "augment, %@, %@, one thread: median %.0f samples/s, %.0f to %.0f in %d runs of %d samples",
                    variation.rawValue, NetworkDescription.text(sides), Double(count) / median,
                    Double(count) / high, Double(count) / low, runs, count))
        }
        let values: [String: Any] = [
            "task": "augment", "augmentation": variation.rawValue, "input": NetworkDescription.text(sides),
            "threads": 1, "samples": count, "runs": runs, "median_seconds": median, "min_seconds": low,
            "max_seconds": high, "samples_per_second": Double(count) / median,
        ]
        let data = try JSONSerialization.data(withJSONObject: values, options: [.prettyPrinted, .sortedKeys])
        try StandardOutput.print(String(decoding: data, as: UTF8.self))
    }

    private func sides(_ input: InputSize?) -> [Int] { input?.sides ?? [256, 224] }
}

/// How samples are varied for a timing.
enum SampleVariation: String, CaseIterable, ExpressibleByArgument {
    case nnunet, none, light, strong

    var augmentation: Augmentation {
        switch self {
        case .nnunet: .nnUNet
        case .none: .none
        case .light: .light
        case .strong: .strong
        }
    }
}
