import Datasets
import Foundation
import Imaging
import UNetDesign

/// Times the drawing of varied 2D training samples on this machine, on the thread that asks.
///
/// Samples are as large as the slices: what a network reads of a whole slice. The slices are made up: smooth noise with
/// a ventricle, its wall and another ventricle beside it.
package struct AugmentationBenchmark: Sendable {
    private let sampler: PatchSampler
    private let order: [Int]

    /// A benchmark of `augmentation` on slices of this size; a run is `samples` of them, in batches of 8 or, where they
    /// are fewer or do not fill the last, of 1.
    package init(_ augmentation: Augmentation, width: Int, height: Int, samples: Int) {
        let structures = (1...3).map { Structure(name: "\($0)", label: UInt8($0)) }
        // A network that takes slices of any size.
        let network = NetworkConfiguration(outputChannels: 4, filters: 1, depth: 1, poolings: [[1, 1]])
        var plan = Plan(structures: structures, network: network)
        plan.training.augmentation = augmentation
        plan.training.patch = PatchSize(width: width, height: height)
        plan.training.batchSize = samples % 8 == 0 ? 8 : 1
        plan.training.stepsPerEpoch = samples / plan.training.batchSize
        sampler = PatchSampler([Self.slices(width: width, height: height, count: 16)], plan: plan)
        order = sampler.order(epoch: 0)
    }

    /// Seconds that the samples of run `number` take, each run with other random numbers.
    package func run(_ number: Int) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for index in 0..<sampler.batchCount { _ = sampler.batch(index, epoch: number, order: order) }
        return (clock.now - start) / .seconds(1)
    }

    private static func slices(width: Int, height: Int, count: Int) -> PreparedCase {
        let geometry = Geometry(pixels: width, height, count)
        var classes: [UInt8] = []
        for z in 0..<count {
            let radius = Double(min(width, height)) * (0.08 + 0.04 * Double(z % 4))
            for y in 0..<height {
                for x in 0..<width {
                    let (dx, dy) = (Double(x) - Double(width) / 2, Double(y) - Double(height) / 2)
                    let distance = (dx * dx + dy * dy).squareRoot() / radius
                    let beside = ((dx + 2 * radius) * (dx + 2 * radius) + dy * dy).squareRoot() / radius
                    classes.append(distance < 0.6 ? 3 : distance < 1 ? 2 : beside < 0.9 ? 1 : 0)
                }
            }
        }
        var generator = SeededGenerator(seed: 1)
        var pixels = classes.map { [-0.3, 1.5, 0.2, 2][Int($0)] + 0.7 * generator.roughNormal() }
        pixels.withUnsafeMutableBufferPointer {
            GaussianBlur(x: 1, y: 1).apply($0.baseAddress!, size: geometry.extent)
        }
        return PreparedCase(
            scan: PreparedScan(geometry: geometry, channels: [pixels]), classes: classes)
    }
}
