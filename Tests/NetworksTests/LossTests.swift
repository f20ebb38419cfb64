import Foundation
import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct LossTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let classes: Int
        let target: [Int64]
    }

    /// Two images of 2 × 3 voxels.
    private nonisolated static let cases = [
        Case(testDescription: "four classes", classes: 4, target: [0, 1, 2, 3, 3, 0, 1, 1, 0, 2, 2, 0]),
        Case(testDescription: "one image empty", classes: 4, target: [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3]),
        Case(testDescription: "all empty", classes: 4, target: Array(repeating: 0, count: 12)),
        Case(testDescription: "all of one class", classes: 4, target: Array(repeating: 2, count: 12)),
        Case(testDescription: "two classes", classes: 2, target: [0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1]),
        Case(testDescription: "one channel", classes: 1, target: [0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1]),
        Case(testDescription: "one channel, empty", classes: 1, target: Array(repeating: 0, count: 12)),
        Case(testDescription: "one channel, full", classes: 1, target: Array(repeating: 1, count: 12)),
        Case(
            testDescription: "one channel, other labels", classes: 1,
            target: [0, 1, 2, 3, 0, 0, 1, 2, 0, 1, 0, 1]),
    ]

    private func logits(_ classes: Int) -> [Double] { scattered(12 * classes).map { 3 * Double($0) } }

    @Test(arguments: cases) private func valuesAgreeWithTheDefinition(_ this: Case) throws {
        try withTensors {
            let start = logits(this.classes)
            let x = try Tensor(start, shape: [2, this.classes, 2, 3])
            let target = try Tensor(this.target, shape: [2, 2, 3])
            let reference = ReferenceLoss(
                logits: start, target: this.target, classes: this.classes, images: 2)
            @TensorActor func check(_ found: Tensor, _ wanted: Double, line: Int = #line) throws {
                #expect(found.shape == [])
                let value = try found.item()
                // Truth is held in float32, which is exact, so all is computed in float64.
                #expect(abs(value - wanted) < 1e-12, "line \(line)")
            }
            try check(SegmentationLoss.crossEntropy(x, target), reference.crossEntropy)
            try check(SegmentationLoss.dice(x, target), reference.dice())
            try check(SegmentationLoss.both(x, target), reference.crossEntropy + reference.dice())
            try check(softDiceLoss(x, target, smoothing: 0.25), reference.dice(smoothing: 0.25))
        }
    }

    @Test(arguments: cases) private func gradientsAgreeWithFiniteDifferences(_ this: Case) throws {
        try withTensors {
            let start = logits(this.classes)
            let shape = [2, this.classes, 2, 3]
            let target = try Tensor(this.target, shape: [2, 2, 3])
            for loss in SegmentationLoss.allCases {
                let x = try Tensor(start, shape: shape).requiringGradient()
                try loss(x, target).backward()
                let gradient = try #require(try x.gradient()).array(of: Double.self)
                for index in start.indices {
                    @TensorActor func value(_ shift: Double) throws -> Double {
                        var moved = start
                        moved[index] += shift
                        return try loss(Tensor(moved, shape: shape), target).item()
                    }
                    let difference = try (value(1e-5) - value(-1e-5)) / 2e-5
                    #expect(abs(gradient[index] - difference) < 1e-9, "\(loss) at \(index)")
                }
            }
        }
    }

    @Test func perfectAndOppositePredictions() throws {
        try withTensors {
            let labels: [Int64] = [0, 1, 2, 1]
            let target = try Tensor(labels, shape: [1, 2, 2])
            let right = try (target.oneHot(classes: 3) * 200) - 100
            #expect(try abs(SegmentationLoss.both(right, target).item()) < 1e-6)
            let wrong = try SegmentationLoss.dice(-right, target).item()
            // Structure 1 has no overlap with 2 true voxels, structure 2 with 1; each absent probability is shared by two.
            let wanted = 1 - (1.0 / (1 + 2 + 1) + 1.0 / (1.5 + 1 + 1)) / 2
            #expect(abs(wrong - wanted) < 1e-6)
        }
    }

    @Test func nothingPredictedWhereNothingIsCostsNothing() throws {
        try withTensors {
            let target = try Tensor.zeros([2, 4, 4], type: .int64)
            let confident = try Tensor.full([2, 1, 4, 4], -100)
            #expect(try SegmentationLoss.both(confident, target).item() < 1e-6)
        }
    }

    @Test func extremeLogitsStayFinite() throws {
        try withTensors {
            for classes in [1, 4] {
                let x = try scattered([2, classes, 4, 4]) * 1e6
                let target = try Tensor((0..<32).map { Int64($0 % max(2, classes)) }, shape: [2, 4, 4])
                for loss in SegmentationLoss.allCases {
                    let leaf = try x.detached().requiringGradient()
                    let value = try loss(leaf, target)
                    try value.backward()
                    #expect(try value.item().isFinite)
                    let gradient = try #require(try leaf.gradient())
                    #expect(try gradient.isFinite().bytes().allSatisfy { $0 == 1 })
                }
            }
        }
    }

    @Test func namesAreThoseOfTheCommandLine() {
        #expect(SegmentationLoss.allCases.map(\.rawValue) == ["ce", "dice", "ce+dice"])
    }

    @Test func shapesThatDoNotFitAreRefused() throws {
        let target = try Tensor([Int64](repeating: 0, count: 36), shape: [1, 6, 6])
        for shape in [[1, 2, 4, 6], [1, 2, 6], [1, 2, 2, 6, 6], [2]] {
            let logits = try Tensor.zeros(shape)
            #expect(throws: TorchError.self, "\(shape)") {
                try SegmentationLoss.both(outputs: [logits], target)
            }
            #expect(throws: TorchError.self, "\(shape)") { try SegmentationLoss.both(logits, target) }
        }
        #expect(throws: TorchError.self) { try SegmentationLoss.dice(outputs: [], target) }
    }

    @Test func aNetworkThatCannotBeIsRefused() throws {
        for network in [
            NetworkConfiguration(outputChannels: 0), NetworkConfiguration(outputChannels: 2, depth: .max),
            NetworkConfiguration(outputChannels: 2, filters: -1),
            NetworkConfiguration(outputChannels: 2, depth: 2, poolings: [[2]]),
            NetworkConfiguration(outputChannels: 2, depth: 2, kernels: [[3, 3], [3, 3], [3, 4]]),
        ] {
            #expect(throws: NetworkError.self) { try network.makeNetwork() }
            #expect(throws: NetworkError.self) { try NetworkDescription(network, input: [64, 64]) }
        }
    }
}
