import Networks
import Testing
import Torch
import UNetDesign

/// Whole networks with the native kernels.
@TensorActor @Suite struct NativeNetworkTests {
    private func with<Result>(_ kernels: Kernels, _ body: () throws -> Result) rethrows -> Result {
        let before = Kernels.current
        kernels.use()
        defer { before.use() }
        return try body()
    }

    /// Small enough that libtorch's own sums stay on one thread; large enough for many tasks of the kernels.
    @TensorActor private struct Example {
        let network: SegmentationNetwork
        let x: Tensor
        let target: Tensor
        private let slope: Tensor
        private let weights: [Tensor]

        init() throws {
            try TorchRuntime.seed(4)
            network = try NetworkConfiguration(outputChannels: 4, filters: 12, depth: 3).makeNetwork()
            weights = try network.state.map { try $0.tensor.detached().clone() }
            x = try scattered([2, 1, 56, 40])
            slope = try scattered([2, 4, 56, 40], salt: 1)
            target = try Tensor((0..<(2 * 56 * 40)).map { Int64($0 / 70 % 4) }, shape: [2, 56, 40])
        }

        /// The weights of before any training, as in a new network.
        @TensorActor func reset() throws {
            for (weight, (_, tensor)) in zip(weights, network.state) { try tensor.copy(from: weight) }
            for (_, tensor) in network.parameters { try tensor.clearGradient() }
        }

        /// Trains for some steps from the first weights on, and predicts: all losses, weights and logits as bytes. The loss
        /// is linear, for libtorch's softmax differs in the last bit from one thread count to another.
        @TensorActor func train(steps: Int) throws -> [[UInt8]] {
            try reset()
            let optimizer = try SGD(network.parameters, learningRate: 0.05, momentum: 0.9, nesterov: true)
            var result: [[UInt8]] = []
            for _ in 0..<steps {
                network.train()
                let loss = try (network(x) * slope).mean()
                result.append(try loss.detached().bytes())
                try loss.backward()
                try optimizer.step()
                network.train(false)
                result.append(try withoutGradient { try network(x).bytes() })
            }
            return result + [try weightBytes(network)]
        }
    }

    @Test func trainingGivesTheSameBitsForAnyNumberOfThreadsAndInEveryRun() throws {
        try withTensors {
            defer { try? TorchRuntime.setThreadCount(1) }
            try with(.native) {
                let example = try Example()
                let wanted = try example.train(steps: 2)
                for threads in [1, 2, 3, 2] {
                    try TorchRuntime.setThreadCount(threads)
                    let found = try example.train(steps: 2)
                    #expect(found.indices.filter { found[$0] != wanted[$0] } == [], "\(threads) threads")
                }
            }
        }
    }

    @Test func validationBetweenStepsSeesTheNewWeights() throws {
        try withTensors {
            let example = try Example()
            let optimizer = try Adam(example.network.parameters, learningRate: 0.01, decoupled: true)
            var last: [Float] = []
            for _ in 0..<4 {
                example.network.train()
                try with(.native) {
                    try SegmentationLoss.both(example.network(example.x), example.target).backward()
                }
                try optimizer.step()
                example.network.train(false)
                @TensorActor func logits(_ kernels: Kernels) throws -> [Float] {
                    try with(kernels) {
                        try withoutGradient { try example.network(example.x).array(of: Float.self) }
                    }
                }
                let native = try logits(.native), libtorch = try logits(.libtorch)
                let size = libtorch.reduce(0) { max($0, abs($1)) }
                #expect(zip(native, libtorch).allSatisfy { abs($0 - $1) <= 1e-5 * size })
                #expect(native != last)
                last = native
            }
        }
    }

    @Test func trainingWithEitherKernelsGoesTheSameWay() throws {
        try withTensors {
            let example = try Example()
            @TensorActor func losses(_ kernels: Kernels) throws -> [Double] {
                try with(kernels) {
                    try example.reset()
                    example.network.train()
                    let optimizer = try SGD(example.network.parameters, learningRate: 0.02, momentum: 0.9)
                    return try (0..<8).map { _ in
                        let loss = try SegmentationLoss.both(example.network(example.x), example.target)
                        try loss.backward()
                        try optimizer.step()
                        return try loss.detached().item()
                    }
                }
            }
            let native = try losses(.native), libtorch = try losses(.libtorch)
            #expect(abs(native[0] - libtorch[0]) < 1e-5)
            // Rounding grows from step to step, and a ReLU may flip.
            #expect(zip(native, libtorch).allSatisfy { abs($0 - $1) < 0.02 * $1 })
            #expect(native[7] < native[0] - 0.05)
        }
    }

    @Test func handlesStayLevel() throws {
        try withTensors {
            try with(.native) {
                let example = try Example()
                _ = try example.train(steps: 1)
                let level = Tensor.liveCount
                for _ in 0..<3 {
                    _ = try example.train(steps: 1)
                    #expect(Tensor.liveCount == level)
                }
            }
        }
    }

    @Test func aPixelThatIsNotANumberReachesTheLogits() throws {
        try withTensors {
            try with(.native) {
                let example = try Example()
                var numbers = try example.x.array(of: Float.self)
                numbers[1234] = .nan
                let x = try Tensor(numbers, shape: example.x.shape)
                example.network.train(false)
                #expect(try withoutGradient { try example.network(x).isFinite().bytes() }.contains(0))
                example.network.train()
                #expect(
                    try withoutGradient { try example.network(x).isFinite().bytes() }.allSatisfy { $0 == 0 })
            }
        }
    }
}
