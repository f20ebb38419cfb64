import Testing
import Torch

@TensorActor @Suite struct RuntimeTests {
    @Test func versionIsTheOneBuiltAgainst() {
        #expect(TorchRuntime.version.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil)
    }

    @Test func threadCountHoldsAndResultsRepeatAtOneCount() throws {
        try withTensors {
            let before = TorchRuntime.threadCount
            defer { try? TorchRuntime.setThreadCount(before) }
            let convolution = try Convolution(
                inputChannels: 8, outputChannels: 8, kernelSize: [3, 3], padding: [1, 1])
            let x = try scattered([4, 8, 32, 32])
            @TensorActor func gradient() throws -> [Float] {
                try convolution.weight.tensor.clearGradient()
                try convolution(x).squared().mean().backward()
                return try values(#require(try convolution.weight.tensor.gradient()))
            }
            for count in [1, 2, 3] {
                try TorchRuntime.setThreadCount(count)
                #expect(TorchRuntime.threadCount == count)
                #expect(try gradient() == gradient())
            }
        }
    }

    @Test func seedsRepeatDraws() throws {
        try withTensors {
            @TensorActor func draws(_ seed: UInt64) throws -> [Float] {
                try TorchRuntime.seed(seed)
                return try values(Tensor.normal([100])) + values(Tensor.uniform([100]))
            }
            let first = try draws(1)
            #expect(first == (try draws(1)))
            #expect(first != (try draws(2)))
            #expect(try draws(.max) == draws(.max))
            #expect(try values(Tensor.uniform([1000])).allSatisfy { (0..<1).contains($0) })
        }
    }

    @Test func devicesNameThemselves() throws {
        #expect([Device.cpu, .cuda(1), .mps].map(\.description) == ["cpu", "cuda:1", "mps"])
        #expect(Device.cpu.isAvailable && !Device.cuda(99).isAvailable && !Device.cuda(-1).isAvailable)
        #expect(!Device.cuda(100_000).isAvailable)
        #expect(Device.best.isAvailable)
        try Device.cpu.synchronize()
        try TorchRuntime.setDeterministic(true)
        try TorchRuntime.setDeterministic(false)
    }
}
