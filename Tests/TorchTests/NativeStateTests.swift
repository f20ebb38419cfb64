import Testing
import Torch

/// What the native kernels keep between calls, and what may change between them.
@TensorActor @Suite struct NativeStateTests {
    /// Expects `layer` to predict, with the native kernels, what libtorch's do, before and after `change`, which changes it.
    private func expectFollowed(
        _ layer: (Tensor) throws -> Tensor, _ shape: [Int], change: () throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let x = try scattered(shape, salt: 5)
        @TensorActor func prediction(_ kernels: Kernels) throws -> [Float] {
            try with(kernels) { try withoutGradient { try values(layer(x)) } }
        }
        @TensorActor func expectAgreement() throws -> [Float] {
            let found = try prediction(.native)
            let off = relativeError(found, try prediction(.libtorch))
            #expect(off <= 2e-5, sourceLocation: sourceLocation)
            return found
        }
        let before = try expectAgreement()
        try with(.native) { try change() }
        let after = try expectAgreement()
        let moved = relativeError(after, before)
        #expect(moved > 1e-3, "the change must show", sourceLocation: sourceLocation)
    }

    @Test(arguments: ["sgd", "adam", "adamw"]) func optimizerStepsReachPredictions(_ kind: String) throws {
        try withTensors {
            @TensorActor func step(_ module: Module, _ loss: () throws -> Tensor) throws {
                let parameters = module.parameters
                let optimizer: any Optimizer =
                    switch kind {
                    case "sgd": try SGD(parameters, learningRate: 0.1, momentum: 0.9, nesterov: true)
                    case "adam": try Adam(parameters, learningRate: 0.1)
                    default: try Adam(parameters, learningRate: 0.1, weightDecay: 0.01, decoupled: true)
                    }
                try loss().backward()
                try optimizer.step()
            }
            let x = try scattered([2, 6, 9, 10])
            let same = try Convolution(
                inputChannels: 6, outputChannels: 5, kernelSize: [3, 3], padding: [1, 1])
            try expectFollowed(same.callAsFunction, x.shape) {
                try step(same) { try same(x).squared().sum() }
            }
            let head = try Convolution(inputChannels: 6, outputChannels: 4, kernelSize: [1, 1])
            try expectFollowed(head.callAsFunction, x.shape) {
                try step(head) { try head(x).squared().sum() }
            }
            let up = try UpConvolution(inputChannels: 6, outputChannels: 4, kernelSize: [2, 2])
            try expectFollowed(up.callAsFunction, x.shape) { try step(up) { try up(x).squared().sum() } }
            let block = try ConvNormReLU(inputChannels: 6, outputChannels: 5, kernelSize: [3, 3])
            block.train(false)
            try expectFollowed({ try block($0) }, x.shape) {
                // In prediction mode, so that the running statistics stay and only the step changes anything.
                try step(block) { try block(x).squared().sum() }
            }
        }
    }

    @Test func loadedWeightsAndRunningStatisticsReachPredictions() throws {
        try withTensors {
            let block = try ConvNormReLU(
                inputChannels: 3, outputChannels: 5, kernelSize: [3, 3], momentum: 0.5)
            let other = try ConvNormReLU(inputChannels: 3, outputChannels: 5, kernelSize: [3, 3])
            try scatter(other)
            block.train(false)
            let x = try scattered([2, 3, 8, 9])
            let state = Dictionary(uniqueKeysWithValues: other.state.map { ($0.name, $0.tensor) })
            try expectFollowed({ try block($0) }, x.shape) { try block.load(state, path: "other") }
            // A pass while training moves the running statistics alone.
            try expectFollowed({ try block($0) }, x.shape) {
                block.train()
                _ = try withoutGradient { try block(x * 3 + 1) }
                block.train(false)
            }
            for (name, tensor) in block.state {
                try expectFollowed({ try block($0) }, x.shape) {
                    // A running mean of its own for each channel, lest all shifts vanish behind ReLU.
                    try tensor.copy(from: tensor * 1.5 + (name.hasSuffix("var") ? 0.5 : -0.1))
                }
            }
        }
    }

    @Test func manyLayersComeAndGoWithoutMixingWeights() throws {
        try withTensors {
            let x = try scattered([1, 4, 8, 8])
            for round in 0..<40 {
                // Freed at the end of each turn, so that later tensors take the addresses of earlier ones.
                let block = try ConvNormReLU(inputChannels: 4, outputChannels: 4, kernelSize: [3, 3])
                for (index, (_, tensor)) in block.parameters.enumerated() {
                    try tensor.copy(from: scattered(tensor.shape, salt: round * 8 + index))
                }
                block.train(false)
                let wanted = try with(.libtorch) { try withoutGradient { try values(block(x)) } }
                let found = try with(.native) { try withoutGradient { try values(block(x)) } }
                #expect(relativeError(found, wanted) <= 2e-5)
            }
        }
    }

    @Test func anotherSizeWithTheSameWeights() throws {
        try withTensors {
            let block = try ConvNormReLU(inputChannels: 24, outputChannels: 17, kernelSize: [3, 3])
            try scatter(block)
            block.train(false)
            for sides in [[40, 40], [1, 1], [2, 3], [40, 40], [5, 1]] {
                let x = try scattered([1, 24] + sides)
                let wanted = try with(.libtorch) { try withoutGradient { try values(block(x)) } }
                let found = try with(.native) { try withoutGradient { try values(block(x)) } }
                #expect(relativeError(found, wanted) <= 2e-5)
            }
        }
    }

    @Test func aRecordedPassKeepsItsKernelsAndNeedsNoSetting() throws {
        try withTensors {
            let block = try ConvNormReLU(inputChannels: 6, outputChannels: 5, kernelSize: [3, 3])
            let up = try UpConvolution(inputChannels: 5, outputChannels: 4, kernelSize: [2, 2])
            let head = try Convolution(inputChannels: 4, outputChannels: 2, kernelSize: [1, 1])
            let parts = try [scattered([2, 2, 12, 14]), scattered([2, 4, 12, 14], salt: 1)]
            @TensorActor func gradients(_ forward: Kernels, _ backward: Kernels, threads: Int) throws
                -> [[Float]]
            {
                let layers: [Module] = [block, up, head]
                for layer in layers { for (_, tensor) in layer.parameters { try tensor.clearGradient() } }
                let loss = try with(forward) {
                    try head(up(block(parts[0], parts[1]).maxPooled([2, 2]))).squared().sum()
                }
                try TorchRuntime.setThreadCount(threads)
                defer { try? TorchRuntime.setThreadCount(1) }
                try with(backward) { try loss.backward() }
                return try layers.flatMap {
                    try $0.parameters.map { try values(#require(try $0.tensor.gradient())) }
                }
            }
            let native = try gradients(.native, .native, threads: 1)
            #expect(try gradients(.native, .libtorch, threads: 1) == native)
            #expect(try gradients(.native, .native, threads: 3) == native)
            let libtorch = try gradients(.libtorch, .libtorch, threads: 1)
            #expect(try gradients(.libtorch, .native, threads: 1) == libtorch)
            #expect(libtorch != native)
        }
    }

    @Test func everyInstructionSetThatTheProcessorHasAgrees() throws {
        try withTensors {
            let best = Kernels.instructions
            defer { try? Kernels.setInstructions(best) }
            let block = try ConvNormReLU(inputChannels: 24, outputChannels: 17, kernelSize: [3, 3])
            let up = try UpConvolution(inputChannels: 17, outputChannels: 7, kernelSize: [2, 2])
            let head = try Convolution(inputChannels: 7, outputChannels: 3, kernelSize: [1, 1])
            let x = try scattered([2, 24, 19, 22])
            // No ReLU near 0, whose side rounding decides.
            try block.norm.bias.tensor.fill(6)
            @TensorActor func all(_ kernels: Kernels) throws -> Outcome {
                try with(kernels) {
                    try outcome(block, [x]) { try head(up(block($0[0]).maxPooled([2, 2]))) }
                }
            }
            @TensorActor func predictions(_ kernels: Kernels) throws -> [[Float]] {
                block.train(false)
                defer { block.train() }
                return try with(kernels) {
                    try withoutGradient {
                        let z = try block(x), u = try up(z)
                        return try [values(z), values(u), values(head(u))]
                    }
                }
            }
            var tried: [String] = []
            for name in ["portable", "neon", "avx2", "avx512"] {
                if let error = refusal({ try Kernels.setInstructions(name) }) {
                    #expect(error.operation == "choosing \(name) instructions")
                    #expect(error.message == "this processor has no \(name) instructions")
                    continue
                }
                #expect(Kernels.instructions == name)
                tried.append(name)
                try block.norm.runningMean.tensor.fill(0)
                try block.norm.runningVar.tensor.fill(1)
                let found = try all(.native), mine = try predictions(.native),
                    theirs = try predictions(.libtorch)
                try block.norm.runningMean.tensor.fill(0)
                try block.norm.runningVar.tensor.fill(1)
                expectSame(found, try all(.libtorch))
                for (a, b) in zip(mine, theirs) { #expect(relativeError(a, b) <= 2e-5) }
            }
            #expect(tried.contains("portable") && tried.contains(best))
            let error = refusal { try Kernels.setInstructions("sse9") }
            #expect(error?.message == "there are no instructions called sse9")
        }
    }

    @Test func trainingAndPredictionLeaveHandlesAndResidentSizeLevel() throws {
        try withTensors {
            try with(.native) {
                let block = try ConvNormReLU(inputChannels: 8, outputChannels: 16, kernelSize: [3, 3])
                let up = try UpConvolution(inputChannels: 16, outputChannels: 8, kernelSize: [2, 2])
                let head = try Convolution(inputChannels: 8, outputChannels: 4, kernelSize: [1, 1])
                let parameters = [block, up, head].flatMap { $0.parameters.map(\.tensor) }
                    .enumerated().map { (name: "\($0.offset)", tensor: $0.element) }
                let optimizer = try SGD(parameters, learningRate: 1e-4, momentum: 0.9)
                // A map of 16 channels is 1 MiB here: one of them kept a step shows.
                let x = try scattered([4, 1, 64, 64]), skip = try scattered([4, 7, 64, 64], salt: 1)
                @TensorActor func step() throws {
                    block.train()
                    try head(up(block(x, skip).maxPooled([2, 2]))).squared().mean().backward()
                    try optimizer.step()
                    block.train(false)
                    _ = try withoutGradient { try head(up(block(x, skip).maxPooled([2, 2]))) }
                    // Layers of one turn: their packed weights go with them.
                    let passing = try Convolution(
                        inputChannels: 64, outputChannels: 64, kernelSize: [3, 3], padding: [1, 1])
                    _ = try withoutGradient { try passing(Tensor.ones([1, 64, 4, 4])) }
                }
                for _ in 0..<10 { try step() }
                let handles = Tensor.liveCount
                let resident = try #require(residentMemory())
                for _ in 0..<40 {
                    try step()
                    #expect(Tensor.liveCount == handles)
                }
                let grown = try #require(residentMemory()) - resident
                #expect(grown < 16 << 20, "resident size grew by \(grown / 1024) KiB over 40 steps")
            }
        }
    }
}
