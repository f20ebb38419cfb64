import Foundation
import Testing
import Torch

@TensorActor @Suite struct NormalizationTests {
    private struct Moments {
        let mean: Double
        /// Biased.
        let variance: Double

        init(_ values: [Double]) {
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            self.mean = mean
            variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
        }
    }

    @Test(arguments: [[2, 2, 3, 5], [2, 2, 2, 3, 5]])
    func batchNormUsesTheBatchWhileTrainingAndItsPastAfterwards(shape: [Int]) throws {
        try withTensors {
            let norm = try BatchNorm(channels: 2, epsilon: 1e-3, momentum: 0.25)
            try norm.weight.tensor.copy(from: Tensor([Float(2), -0.5], shape: [2]))
            try norm.bias.tensor.copy(from: Tensor([Float(0.25), 1], shape: [2]))
            let x = try scattered(shape)
            let size = shape[2...].reduce(1, *)
            let flat = try values(x).map(Double.init)
            @TensorActor func channel(_ c: Int) -> [Double] {
                (0..<2).flatMap { image in flat[((image * 2 + c) * size)..<((image * 2 + c + 1) * size)] }
            }
            @TensorActor func normalized(_ mean: [Double], _ variance: [Double]) -> [Double] {
                flat.indices.map { index in
                    let c = index / size % 2
                    let scaled = (flat[index] - mean[c]) / sqrt(variance[c] + 1e-3)
                    return scaled * [2, -0.5][c] + [0.25, 1][c]
                }
            }
            let moments = (0..<2).map { Moments(channel($0)) }
            let trained = try norm(x)
            expectClose(
                try values(trained), normalized(moments.map(\.mean), moments.map(\.variance)), within: 1e-5)

            // The past starts at mean 0 and variance 1; a batch of n values adds its unbiased variance.
            let count = Double(2 * size)
            let mean = moments.map { 0.25 * $0.mean }
            let variance = moments.map { 0.75 + 0.25 * $0.variance * count / (count - 1) }
            expectClose(try values(norm.runningMean.tensor), mean, within: 1e-6)
            expectClose(try values(norm.runningVar.tensor), variance, within: 1e-6)

            norm.train(false)
            expectClose(try values(norm(x)), normalized(mean, variance), within: 1e-5)
            expectClose(try values(norm.runningMean.tensor), mean, within: 1e-6)
            expectClose(try values(norm.runningVar.tensor), variance, within: 1e-6)
        }
    }

    @Test(arguments: [[2, 2, 3, 5], [2, 2, 2, 3, 5]])
    func instanceNormTreatsEveryChannelOfEveryImageAlone(shape: [Int]) throws {
        try withTensors {
            let norm = try InstanceNorm(channels: 2, epsilon: 1e-3)
            try norm.weight.tensor.copy(from: Tensor([Float(2), -0.5], shape: [2]))
            try norm.bias.tensor.copy(from: Tensor([Float(0.25), 1], shape: [2]))
            let x = try scattered(shape)
            let size = shape[2...].reduce(1, *)
            let flat = try values(x).map(Double.init)
            let wanted = (0..<4).flatMap { part -> [Double] in
                let values = Array(flat[(part * size)..<((part + 1) * size)])
                let moments = Moments(values)
                return values.map {
                    ($0 - moments.mean) / sqrt(moments.variance + 1e-3) * [2, -0.5][part % 2]
                        + [0.25, 1][part % 2]
                }
            }
            expectClose(try values(norm(x)), wanted, within: 1e-5)
            norm.train(false)
            expectClose(try values(norm(x)), wanted, within: 1e-5)
            #expect(norm.buffers.isEmpty)
        }
    }

    @Test func oneValueAChannelHasNoVariance() throws {
        try withTensors {
            let norm = try BatchNorm(channels: 2)
            let error = refusal { _ = try norm(Tensor.ones([1, 2, 1, 1])) }
            #expect(error?.operation == "batch norm of [1, 2, 1, 1]")
            #expect(
                error?.message
                    == "training needs more than one value per channel: use larger images or more of them")
            #expect(try values(norm.runningVar.tensor) == [1, 1])
            norm.train(false)
            expectClose(try values(norm(Tensor.ones([1, 2, 1, 1]))), [1, 1], within: 1e-5)
        }
    }
}
