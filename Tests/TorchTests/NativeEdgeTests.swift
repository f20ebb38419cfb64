import Testing
import Torch

/// Values and shapes at the edge of what the native kernels take: nothing is passed over in silence.
@TensorActor @Suite struct NativeEdgeTests {
    /// The layers, each with the shape of an input for it.
    private func layers() throws -> [(name: String, shape: [Int], layer: (Tensor) throws -> Tensor)] {
        let training = try ConvNormReLU(inputChannels: 3, outputChannels: 8, kernelSize: [3, 3])
        let prediction = try ConvNormReLU(inputChannels: 3, outputChannels: 8, kernelSize: [3, 3])
        prediction.train(false)
        let wide = try ConvNormReLU(inputChannels: 24, outputChannels: 24, kernelSize: [3, 3, 3])
        wide.train(false)
        let same = try Convolution(
            inputChannels: 24, outputChannels: 17, kernelSize: [3, 3], padding: [1, 1])
        let few = try Convolution(inputChannels: 1, outputChannels: 5, kernelSize: [3, 3], padding: [1, 1])
        let head = try Convolution(inputChannels: 7, outputChannels: 3, kernelSize: [1, 1])
        let up = try UpConvolution(inputChannels: 7, outputChannels: 3, kernelSize: [2, 2])
        return [
            ("training", [2, 3, 11, 14], { try training($0) }),
            ("prediction", [2, 3, 11, 14], { try prediction($0) }),
            ("3D", [1, 24, 3, 11, 14], { try wide($0) }),
            ("3×3", [1, 24, 13, 9], { try same($0) }), ("few channels", [2, 1, 13, 9], { try few($0) }),
            ("1×1", [2, 7, 5, 6], { try head($0) }), ("up", [2, 7, 5, 6], { try up($0) }),
            ("pool", [2, 7, 6, 7], { try $0.maxPooled([2, 2]) }),
        ]
    }

    @Test func whatIsNotFiniteShowsWhereverLibtorchShowsIt() throws {
        try withTensors {
            for value in [Float.nan, .infinity, -.infinity] {
                for (name, shape, layer) in try layers() {
                    var numbers = scattered(shape.reduce(1, *))
                    numbers[numbers.count / 2] = value
                    let x = try Tensor(numbers, shape: shape)
                    for recorded in [true, false] {
                        @TensorActor func run(_ kernels: Kernels) throws -> [Float] {
                            try with(kernels) {
                                try values(recorded ? layer(x).detached() : withoutGradient { try layer(x) })
                            }
                        }
                        let wanted = try run(.libtorch), found = try run(.native)
                        let lost = wanted.indices.filter { !wanted[$0].isFinite && found[$0].isFinite }
                        #expect(lost.isEmpty, "\(name), \(value)")
                        if value.isNaN { #expect(wanted.contains { $0.isNaN }, "\(name)") }
                    }
                }
            }
        }
    }

    @Test func gradientsThatAreNotNumbersStayVisible() throws {
        try withTensors {
            let block = try ConvNormReLU(inputChannels: 3, outputChannels: 8, kernelSize: [3, 3])
            let up = try UpConvolution(inputChannels: 8, outputChannels: 4, kernelSize: [2, 2])
            let x = try scattered([1, 3, 8, 8]).requiringGradient()
            let y = try up(block(x).maxPooled([2, 2]))
            var slope = scattered(y.count)
            slope[7] = .nan
            try (y * Tensor(slope, shape: y.shape)).sum().backward()
            for tensor in [
                x, block.conv.weight.tensor, block.norm.weight.tensor, up.weight.tensor, up.bias!.tensor,
            ] {
                #expect(try values(#require(try tensor.gradient())).contains { $0.isNaN })
            }
        }
    }

    @Test func noImagesGiveNoImages() throws {
        try withTensors {
            for (name, shape, layer) in try layers() where name != "training" {
                let x = try Tensor.zeros([0] + shape.dropFirst())
                let native = try with(.native) { try withoutGradient { try layer(x).shape } }
                #expect(native[0] == 0, "\(name)")
                #expect(
                    native == (try with(.libtorch) { try withoutGradient { try layer(x).shape } }), "\(name)")
            }
        }
    }

    @Test func whatDoesNotFitIsRefusedAsByLibtorch() throws {
        try withTensors {
            let block = try ConvNormReLU(inputChannels: 3, outputChannels: 4, kernelSize: [3, 3])
            let head = try Convolution(inputChannels: 3, outputChannels: 4, kernelSize: [1, 1])
            let up = try UpConvolution(inputChannels: 3, outputChannels: 4, kernelSize: [2, 2])
            let wrong: [() throws -> Void] = [
                { _ = try block(Tensor.ones([1, 2, 8, 8])) },
                { _ = try block(Tensor.ones([1, 1, 8, 8]), Tensor.ones([1, 2, 8, 9])) },
                { _ = try block(Tensor.ones([1, 3, 1, 1])) },
                { _ = try block(Tensor.ones([0, 3, 8, 8])) },
                { _ = try block(Tensor.ones([1, 3, 8, 8]).to(.float64)) },
                { _ = try head(Tensor.ones([1, 2, 8, 8])) },
                { _ = try up(Tensor.ones([1, 2, 8, 8])) },
                { _ = try Tensor.ones([1, 2, 1, 8]).maxPooled([2, 2]) },
            ]
            for (index, call) in wrong.enumerated() {
                let native = with(.native) { refusal(call) }, libtorch = with(.libtorch) { refusal(call) }
                #expect(native != nil, "call \(index)")
                #expect(native?.operation == libtorch?.operation && native?.message == libtorch?.message)
            }
            // Refused calls leave the running statistics as they were.
            #expect(try values(block.norm.runningMean.tensor) == [0, 0, 0, 0])
            #expect(try values(block.norm.runningVar.tensor) == [1, 1, 1, 1])
        }
    }

    @Test func doublePrecisionGoesThroughLibtorch() throws {
        try withTensors {
            let x = try scattered([1, 2, 6, 6]).to(.float64).requiringGradient()
            let pooled = try x.maxPooled([2, 2])
            #expect(pooled.scalarType == .float64)
            try pooled.sum().backward()
            #expect(try doubles(#require(try x.gradient())).reduce(0, +) == 18)
        }
    }
}
