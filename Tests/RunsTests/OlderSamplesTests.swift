import Imaging
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

/// Plans of before there were probabilities and presets draw the samples that they always drew.
@Suite struct OlderSamplesTests {
    /// Sums that the program gave when it knew rotation, scale, overhang, flips, brightness, contrast, noise and elastic
    /// only. Any other order of draws changes all of them by more than rounding does.
    @Test(arguments: Older.allCases) func samplesAreThoseOfBefore(_ older: Older) {
        var found: [Double] = []
        for batch in older.batches {
            found.append(Self.sum(batch.images.map(Double.init)))
            found.append(Self.sum(batch.classes.map(Double.init)))
            if let weights = batch.weights { found.append(Self.sum(weights.map(Double.init))) }
        }
        #expect(found.count == older.sums.count)
        #expect(zip(found, older.sums).allSatisfy { abs($0 - $1) < 1e-3 }, "\(older): \(found)")
    }

    /// A sum in which every place counts differently.
    private static func sum(_ values: [Double]) -> Double {
        var generator = SplitMix(seed: 99)
        return values.reduce(0) { $0 + $1 * Double.random(in: -1...1, using: &generator) }
    }

    enum Older: CaseIterable {
        case light, elastic, none, pictures, unpadded, volumes, thinVolumes

        var sums: [Double] {
            switch self {
            case .light: [22.5243, 36.1707, -6.2313, 5.1028]
            case .elastic: [18.6904, 41.6203, -17.0438, 18.6310]
            case .none: [22.2791, 12.8145, 9.1639, 12.8145]
            case .pictures: [-24.3341, 26.5875]
            case .unpadded: [-19.8174, -5.4389, 10.1169]
            case .volumes: [-24.1471, -23.2305]
            case .thinVolumes: [13.1972, 2.8240]
            }
        }

        var batches: [PatchBatch] {
            var plan = Blobs.plan()
            plan.training.patch = PatchSize(width: 40, height: 36)
            var cases = [
                Painted.item(seed: 1, depth: 3), Painted.item(seed: 2, width: 50, height: 61, depth: 2),
            ]
            switch self {
            case .light: break
            case .elastic: plan.training.augmentation.elastic = 3
            case .none: plan.training.augmentation = .none
            case .pictures:
                plan.network.inputChannels = 2
                plan.preparation.border = .mirror
                (plan.training.augmentation.rotation, plan.training.augmentation.flipProbability) = (180, 0.5)
                cases = [Painted.item(seed: 3, channels: 2), Painted.item(seed: 4, channels: 2)]
            case .unpadded:
                plan.network = NetworkConfiguration(
                    architecture: .classic, outputChannels: 3, filters: 4, depth: 2)
                plan.preparation.border = .mirror
                plan.training.patch = PatchSize(width: 60, height: 64)
                plan.training.borderWeights = BorderWeights()
                plan.training.augmentation.elastic = 2
                cases = [Painted.item(seed: 5, depth: 2, weighted: true)]
            case .volumes, .thinVolumes:
                plan.network.dimensions = .three
                plan.network.poolings = [[1, 2, 2], [1, 2, 2]]
                plan.training.patch = PatchSize(width: 40, height: 36, depth: self == .volumes ? 2 : 6)
                if self == .volumes { plan.training.augmentation.elastic = 1.5 }
            }
            let sampler = PatchSampler(cases, plan: plan)
            let order = sampler.order(epoch: 3)
            return (0..<sampler.batchCount).map { sampler.batch($0, epoch: 3, order: order) }
        }
    }
}
