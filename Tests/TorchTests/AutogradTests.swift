import Testing
import Torch

@TensorActor @Suite struct AutogradTests {
    /// Compares the gradient of `loss` with its central differences at every value of `start`, in double precision.
    private func checkGradient(
        _ start: [Double], shape: [Int], step: Double = 1e-5, within tolerance: Double = 1e-8,
        sourceLocation: SourceLocation = #_sourceLocation, _ loss: (Tensor) throws -> Tensor
    ) throws {
        let x = try Tensor(start, shape: shape).requiringGradient()
        try loss(x).backward()
        let gradient = try #require(try x.gradient())
        #expect(gradient.shape == shape)
        let differences = try start.indices.map { index in
            @TensorActor func value(_ shift: Double) throws -> Double {
                var moved = start
                moved[index] += shift
                return try loss(Tensor(moved, shape: shape)).item()
            }
            return try (value(step) - value(-step)) / (2 * step)
        }
        expectClose(try doubles(gradient), differences, within: tolerance, sourceLocation: sourceLocation)
    }

    @Test func everyOperationAgreesWithFiniteDifferences() throws {
        try withTensors {
            let start = scattered(12).map { Double($0) + ($0 < 0 ? -0.1 : 0.1) }
            let other = try scattered([3, 4], salt: 4).to(.float64)
            @TensorActor func check(
                sourceLocation: SourceLocation = #_sourceLocation, _ body: (Tensor) throws -> Tensor
            ) throws {
                try checkGradient(start, shape: [3, 4], sourceLocation: sourceLocation) {
                    try (body($0) * other).sum()
                }
            }
            try check { try $0 * $0 + $0 }
            try check { try $0 - $0 * 3 - 1 }
            try check { try other / ($0.squared() + 2) }
            try check { try $0.exp() }
            try check { try ($0.magnitude() + 1).log() }
            try check { try ($0.squared() + 1).squareRoot() }
            try check { try $0.relu() }
            try check { try $0.sigmoid() }
            try check { try -$0 / 2 }
            try check { try $0.clamped(to: -0.5...0.5) }
            try check { try $0.softmax(axis: 1) }
            try check { try $0.logSoftmax(axis: 0) }
            try check { try $0.sum([1], keep: true) * $0.mean([0], keep: true) }
            try check { try $0.max([1], keep: true) * $0 }
            try check { try $0.permuted([1, 0]).reshaped([3, 4]) }
            try check { try $0.flipped([0]) }
            try check {
                try Tensor.concatenated([$0.narrowed(axis: 1, 2..<4), $0.narrowed(axis: 1, 0..<2)], axis: 1)
            }
            try check { try $0.reshaped([1, 1, 3, 4]).maxPooled([1, 2]).reshaped([3, 2]).sum() }
        }
    }

    @Test func crossEntropiesAgreeWithFiniteDifferences() throws {
        try withTensors {
            let start = scattered(24).map { 3 * Double($0) }
            let labels = try Tensor([Int64(0), 1, 2, 2, 1, 0, 1, 1], shape: [2, 2, 2])
            try checkGradient(start, shape: [2, 3, 2, 2]) { try $0.crossEntropy(labels) }
            let truth = try labels.oneHot(classes: 3).to(.float64)
            try checkGradient(start, shape: [2, 3, 2, 2]) { try $0.binaryCrossEntropy(truth) }
        }
    }

    /// Layers hold float32, so steps are large; convolutions are linear in x and in their weights, where any step does.
    @Test(arguments: [[5, 4], [3, 4, 4]])
    func layersAgreeWithFiniteDifferences(size: [Int]) throws {
        try withTensors {
            try TorchRuntime.seed(1)
            let kernel = size.map { _ in 3 }, pool = size.map { _ in 2 }
            let convolution = try Convolution(
                inputChannels: 2, outputChannels: 3, kernelSize: kernel, padding: kernel.map { $0 / 2 })
            let up = try UpConvolution(inputChannels: 3, outputChannels: 2, kernelSize: pool)
            let instance = try InstanceNorm(channels: 2)
            let batch = try BatchNorm(channels: 2)
            let start = scattered(2 * 2 * size.reduce(1, *))
            let shape = [2, 2] + size

            @TensorActor func check(
                _ tensor: Tensor, step: Float, sourceLocation: SourceLocation = #_sourceLocation,
                _ loss: () throws -> Tensor
            ) throws {
                try tensor.clearGradient()
                try loss().backward()
                let gradient = try values(#require(try tensor.gradient())).map(Double.init)
                let before = try values(tensor)
                let scale = gradient.map { abs($0) }.max() ?? 0
                #expect(scale > 0, sourceLocation: sourceLocation)
                for index in stride(from: 0, to: before.count, by: max(1, before.count / 12)) {
                    @TensorActor func value(_ shift: Float) throws -> Double {
                        var moved = before
                        moved[index] += shift
                        try tensor.copy(from: Tensor(moved, shape: tensor.shape))
                        return try withoutGradient { try loss().item() }
                    }
                    let difference = try (value(step) - value(-step)) / Double(2 * step)
                    expectClose(
                        [gradient[index]], [difference], within: 3e-3 * scale, sourceLocation: sourceLocation)
                }
                try tensor.copy(from: Tensor(before, shape: tensor.shape))
            }

            let x = try Tensor(start, shape: shape).requiringGradient()
            @TensorActor func weighted(_ y: Tensor) throws -> Tensor {
                try (y * scattered(y.shape, salt: 9)).sum()
            }
            for tensor in [x, convolution.weight.tensor, try #require(convolution.bias).tensor] {
                try check(tensor, step: 0.5) { try weighted(convolution(x)) }
            }
            let z = try scattered([2, 3] + size, salt: 3).requiringGradient()
            for tensor in [z, up.weight.tensor, try #require(up.bias).tensor] {
                try check(tensor, step: 0.5) { try weighted(up(z)) }
            }
            for tensor in [x, instance.weight.tensor, instance.bias.tensor] {
                try check(tensor, step: 0.01) { try weighted(instance(x)) }
            }
            for tensor in [x, batch.weight.tensor, batch.bias.tensor] {
                try check(tensor, step: 0.01) { try weighted(batch(x)) }
            }
        }
    }

    @Test func gradientsGatherUntilCleared() throws {
        try withTensors {
            let x = try Tensor([Float(1), 2], shape: [2]).requiringGradient()
            #expect(try x.gradient() == nil)
            try (x * x).sum().backward()
            try (x * 3).sum().backward()
            #expect(try x.gradient().map(values) == [5, 7])
            try x.clearGradient()
            #expect(try x.gradient() == nil)
        }
    }

    @Test func nothingIsRecordedWithoutGradient() throws {
        try withTensors {
            struct Stop: Error {}
            let x = try Tensor.ones([2]).requiringGradient()
            let inside = try withoutGradient {
                let nested = try withoutGradient { try x * 2 }
                #expect(!nested.requiresGradient)
                return try x * 2
            }
            #expect(!inside.requiresGradient)
            #expect(throws: Stop.self) { try withoutGradient { throw Stop() } }
            #expect(try (x * 2).requiresGradient)
            #expect(try !(x * 2).detached().requiresGradient)
            #expect(try !x.detached().requiresGradient && x.requiresGradient)
        }
    }

    @Test func writingInPlaceIsNotRecorded() throws {
        try withTensors {
            let x = try Tensor.ones([2]).requiringGradient()
            try x.fill(2)
            try x.scaleAdd(2, Tensor.ones([2]), 1)
            try x.copy(from: x * 2)
            #expect(try values(x) == [10, 10])
            try (x * x).sum().backward()
            #expect(try x.gradient().map(values) == [20, 20])
        }
    }
}
