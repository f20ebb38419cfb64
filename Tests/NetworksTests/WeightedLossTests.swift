import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct WeightedLossTests {
    private nonisolated static let target: [Int64] = [0, 1, 2, 3, 3, 0, 1, 1, 0, 2, 2, 0]
    private nonisolated static let weights = (0..<12).map { 0.5 + 1.5 * Double($0 % 4) }

    private func logits(_ classes: Int) -> [Double] { scattered(12 * classes).map { 3 * Double($0) } }

    /// −ln of the target's probability for each voxel, by the definition with one image a voxel.
    private func losses(_ classes: Int) -> [Double] {
        let logits = logits(classes)
        return (0..<12).map { voxel in
            let own = (0..<classes).map { logits[((voxel / 6) * classes + $0) * 6 + voxel % 6] }
            return ReferenceLoss(logits: own, target: [Self.target[voxel]], classes: classes, images: 1)
                .crossEntropy
        }
    }

    @Test(arguments: [1, 4]) func isTheWeightedMean(classes: Int) throws {
        try withTensors {
            // In a volume of one slice, so that both ranks are seen.
            for shape in [[2, classes, 2, 3], [2, classes, 1, 2, 3]] {
                let x = try Tensor(logits(classes), shape: shape)
                let grid = [2] + shape.dropFirst(2)
                let target = try Tensor(Self.target, shape: grid)
                let weights = try Tensor(Self.weights, shape: grid)
                let sum = zip(losses(classes), Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
                let wanted = sum / Self.weights.reduce(0, +)
                #expect(
                    try abs(SegmentationLoss.crossEntropy(x, target, weights: weights).item() - wanted)
                        < 1e-12)
                let dice = try SegmentationLoss.dice(x, target)
                #expect(try SegmentationLoss.dice(x, target, weights: weights).bytes() == dice.bytes())
                let both = try SegmentationLoss.both(x, target, weights: weights).item()
                #expect(try abs(both - wanted - dice.item()) < 1e-12)
                // Only the proportions count.
                let scaled = try SegmentationLoss.crossEntropy(x, target, weights: weights * 1000).item()
                #expect(abs(scaled - wanted) < 1e-12)
                let even = try SegmentationLoss.crossEntropy(x, target, weights: weights * 0 + 7).item()
                #expect(try abs(even - SegmentationLoss.crossEntropy(x, target).item()) < 1e-12)
            }
        }
    }

    @Test(arguments: [1, 4]) func gradientsAgreeWithFiniteDifferences(classes: Int) throws {
        try withTensors {
            let start = logits(classes)
            let shape = [2, classes, 2, 3]
            let target = try Tensor(Self.target, shape: [2, 2, 3])
            let weights = try Tensor(Self.weights, shape: [2, 2, 3])
            let x = try Tensor(start, shape: shape).requiringGradient()
            try SegmentationLoss.crossEntropy(x, target, weights: weights).backward()
            let gradient = try #require(try x.gradient()).array(of: Double.self)
            for index in start.indices {
                @TensorActor func value(_ shift: Double) throws -> Double {
                    var moved = start
                    moved[index] += shift
                    return try SegmentationLoss.crossEntropy(
                        Tensor(moved, shape: shape), target, weights: weights
                    ).item()
                }
                let difference = try (value(1e-5) - value(-1e-5)) / 2e-5
                #expect(abs(gradient[index] - difference) < 1e-9, "at \(index)")
            }
        }
    }

    @Test func whereNothingCountsThereIsNoLossAndNoGradient() throws {
        try withTensors {
            for classes in [1, 4] {
                let x = try scattered([2, classes, 2, 3]).requiringGradient()
                let target = try Tensor(Self.target, shape: [2, 2, 3])
                let loss = try SegmentationLoss.crossEntropy(x, target, weights: .zeros([2, 2, 3]))
                #expect(try loss.item() == 0)
                try loss.backward()
                let gradient = try #require(try x.gradient())
                #expect(try gradient.array(of: Float.self).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        try withTensors {
            let target = try Tensor(Self.target, shape: [2, 2, 3])
            let error = #expect(throws: TorchError.self) {
                try SegmentationLoss.crossEntropy(scattered([2, 4, 2, 3]), target, weights: .ones([2, 3]))
            }
            #expect(
                error
                    == .libtorch(
                        operation: "cross-entropy of [2, 4, 2, 3] with target [2, 2, 3]",
                        message: "weights of shape [2, 3] for losses of shape [2, 2, 3]"))
        }
    }
}
