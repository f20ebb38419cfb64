import Testing
import Torch

/// Nothing leaks: neither handles nor what stands behind them.
@TensorActor @Suite struct MemoryTests {
    @Test func trainingStepsLeaveHandlesAndResidentSizeLevel() throws {
        try withTensors {
            let first = try ConvNormReLU(inputChannels: 1, outputChannels: 16, kernelSize: [3, 3])
            let dropout = Dropout(0.1)
            let up = try UpConvolution(inputChannels: 16, outputChannels: 8, kernelSize: [2, 2])
            let head = try Convolution(inputChannels: 8, outputChannels: 4, kernelSize: [1, 1])
            let parameters = [first, up, head].flatMap { $0.parameters.map(\.tensor) }
                .enumerated().map { (name: "\($0.offset)", tensor: $0.element) }
            let optimizers: [any Optimizer] = try [
                SGD(parameters, learningRate: 1e-3, momentum: 0.9, nesterov: true),
                Adam(parameters, learningRate: 1e-3, decoupled: true),
            ]
            // The map of a 4 × 64 × 64 batch with 16 channels is 1 MiB: one of them kept a step shows.
            @TensorActor func step(_ number: Int) throws -> Double {
                let x = try scattered([4, 1, 64, 64], salt: number)
                let target = try Tensor(
                    [Int64](repeating: Int64(number % 4), count: 4 * 64 * 64), shape: [4, 64, 64])
                let map = try dropout(first(x))
                let logits = try head(up(map.maxPooled([2, 2])))
                let loss =
                    try logits.crossEntropy(target) - logits.softmax(axis: 1).narrowed(axis: 1, 1..<4).mean()
                try loss.backward()
                try optimizers[number % 2].step()
                // Refused calls leave nothing behind either.
                #expect(refusal { _ = try x + Tensor.ones([7]) } != nil)
                return try withoutGradient { try loss.item() + Double(map.array(of: Float.self)[0]) * 0 }
            }
            for number in 0..<10 { _ = try step(number) }
            let handles = Tensor.liveCount
            let resident = try #require(residentMemory())
            for number in 0..<40 {
                _ = try step(number)
                #expect(Tensor.liveCount == handles)
            }
            let grown = try #require(residentMemory()) - resident
            #expect(grown < 16 << 20, "resident size grew by \(grown / 1024) KiB over 40 steps")
        }
    }

    @Test func everyHandleIsGivenBack() throws {
        try withTensors {
            let before = Tensor.liveCount
            do {
                let x = try Tensor.ones([2, 2]).requiringGradient()
                let loss = try (x * x + 1).sum()
                try loss.backward()
                // x, the loss and the gradient; nothing in between.
                let gradient = try x.gradient()
                #expect(Tensor.liveCount == before + 3)
                withExtendedLifetime((x, loss, gradient)) {}
            }
            #expect(Tensor.liveCount == before)
        }
    }

    @Test func filesReadAndWrittenAreGivenBack() throws {
        try withTensors {
            let before = Tensor.liveCount
            do {
                let tensors = try Safetensors([("a", .ones([2])), ("b", .ones([3]))])
                #expect(Tensor.liveCount == before + 2)
                withExtendedLifetime(tensors) {}
            }
            #expect(Tensor.liveCount == before)
        }
    }
}
