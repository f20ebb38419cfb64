import Foundation
import Testing
import Torch

@TensorActor @Suite struct ArithmeticTests {
    @Test func everyOperatorAgreesWithSwift() throws {
        try withTensors {
            let a = [-2.5, -1, 0.5, 3], b = [4, -0.25, 2, 1.5]
            let x = try Tensor(a, shape: [4]), y = try Tensor(b, shape: [4])
            #expect(try doubles(x + y) == zip(a, b).map { $0 + $1 })
            #expect(try doubles(x - y) == zip(a, b).map { $0 - $1 })
            #expect(try doubles(x * y) == zip(a, b).map { $0 * $1 })
            #expect(try doubles(x / y) == zip(a, b).map { $0 / $1 })
            #expect(try doubles(x + 0.5) == a.map { $0 + 0.5 })
            #expect(try doubles(x - 0.5) == a.map { $0 - 0.5 })
            #expect(try doubles(x * 0.5) == a.map { $0 * 0.5 })
            #expect(try doubles(x / 0.5) == a.map { $0 / 0.5 })
            #expect(try doubles(-x) == a.map { -$0 })
            #expect(try doubles(x.magnitude()) == a.map { abs($0) })
            #expect(try doubles(x.squared()) == a.map { $0 * $0 })
            #expect(try doubles(x.relu()) == a.map { max($0, 0) })
            #expect(try doubles(x.clamped(to: -1.5...1)) == [-1.5, -1, 0.5, 1])
            expectClose(try doubles(x.exp()), a.map { exp($0) }, within: 1e-13)
            expectClose(try doubles(x.sigmoid()), a.map { 1 / (1 + exp(-$0)) }, within: 1e-15)
            expectClose(try doubles(x.magnitude().log()), a.map { log(abs($0)) }, within: 1e-15)
            expectClose(try doubles(x.magnitude().squareRoot()), a.map { sqrt(abs($0)) }, within: 1e-15)
            let odd = try Tensor([Float.nan, 1, -.infinity], shape: [3])
            #expect(try odd.isFinite().bytes() == [0, 1, 0])
        }
    }

    @Test func shapesBroadcastAsInNumpy() throws {
        try withTensors {
            let column = try Tensor([1.0, 2], shape: [2, 1]), row = try Tensor([10.0, 20, 30], shape: [3])
            let table = try column + row
            #expect(table.shape == [2, 3])
            #expect(try doubles(table) == [11, 21, 31, 12, 22, 32])
        }
    }

    @Test func reductionsOverAllAndOverAxes() throws {
        try withTensors {
            let tensor = try Tensor([1.0, 5, 3, 4, 2, 9], shape: [2, 3])
            #expect(try tensor.sum().item() == 24)
            #expect(try tensor.mean().item() == 4)
            #expect(try tensor.max().item() == 9)
            #expect(try doubles(tensor.sum([0])) == [5, 7, 12])
            #expect(try doubles(tensor.mean([1])) == [3, 5])
            #expect(try doubles(tensor.max([1])) == [5, 9])
            #expect(try tensor.sum([1], keep: true).shape == [2, 1])
            #expect(try tensor.max([0, 1], keep: true).shape == [1, 1])
            #expect(try tensor.argmax(axis: 1).array(of: Int64.self) == [1, 2])
        }
    }

    @Test func softmaxSumsToOneAndDoesNotOverflow() throws {
        try withTensors {
            let logits = try Tensor([0.0, log(3), 1000, 1000], shape: [2, 2])
            expectClose(try doubles(logits.softmax(axis: 1)), [0.25, 0.75, 0.5, 0.5], within: 1e-15)
            expectClose(
                try doubles(logits.logSoftmax(axis: 1)), [log(0.25), log(0.75), log(0.5), log(0.5)],
                within: 1e-13)
        }
    }

    @Test func crossEntropiesAgreeWithTheirDefinition() throws {
        try withTensors {
            let logits = [0.5, -1, 2, 0.25, 1, -3]
            // (1, 3, 2): the classes of voxel 0 are at 0, 2, 4.
            let target = try Tensor([Int64(2), 0], shape: [1, 2])
            let sums = [exp(0.5) + exp(2) + exp(1), exp(-1) + exp(0.25) + exp(-3)]
            let wanted = ((log(sums[0]) - 1) + (log(sums[1]) + 1)) / 2
            let found = try Tensor(logits, shape: [1, 3, 2]).crossEntropy(target).item()
            expectClose([found], [wanted], within: 1e-14)

            let truth = [0.0, 1, 1, 0, 1, 0]
            let binary = zip(logits, truth).map { x, y in log(1 + exp(x)) - x * y }.reduce(0, +) / 6
            let value = try Tensor(logits, shape: [6]).binaryCrossEntropy(Tensor(truth, shape: [6])).item()
            expectClose([value], [binary], within: 1e-14)
        }
    }
}
