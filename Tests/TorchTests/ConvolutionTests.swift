import Testing
import Torch

@TensorActor @Suite struct ConvolutionTests {
    @Test func threeByThreeByHand() throws {
        try withTensors {
            let convolution = try Convolution(
                inputChannels: 1, outputChannels: 1, kernelSize: [3, 3], padding: [1, 1])
            try convolution.weight.tensor.copy(
                from: Tensor([Float(1), 2, 3, 4, 5, 6, 7, 8, 9], shape: [1, 1, 3, 3]))
            try convolution.bias?.tensor.fill(0.5)
            let x = try Tensor([Float(1), 0, 0, 2], shape: [1, 1, 2, 2])
            // Weights are not turned: the value at the top left sees 5·1 + 9·2.
            let wanted: [Float] = [23.5, 20.5, 14.5, 11.5]
            #expect(try values(convolution(x)) == wanted)
        }
    }

    @Test func upConvolutionByHand() throws {
        try withTensors {
            let up = try UpConvolution(inputChannels: 1, outputChannels: 1, kernelSize: [2, 2])
            try up.weight.tensor.copy(from: Tensor([Float(1), 2, 3, 4], shape: [1, 1, 2, 2]))
            try up.bias?.tensor.fill(-1)
            let y = try up(Tensor([Float(1), 10], shape: [1, 1, 1, 2]))
            #expect(y.shape == [1, 1, 2, 4])
            #expect(try values(y) == [0, 1, 9, 19, 2, 3, 29, 39])
        }
    }

    @Test(arguments: [
        (kernel: [3, 3], stride: [1, 1], padding: [1, 1]),
        (kernel: [3, 3], stride: [1, 1], padding: [0, 0]),
        (kernel: [1, 1], stride: [1, 1], padding: [0, 0]),
        (kernel: [3, 5], stride: [2, 1], padding: [1, 2]),
        (kernel: [3, 3, 3], stride: [1, 1, 1], padding: [1, 1, 1]),
        (kernel: [1, 3, 3], stride: [1, 2, 1], padding: [0, 1, 0]),
    ])
    func agreesWithTheDefinition(kernel: [Int], stride: [Int], padding: [Int]) throws {
        try withTensors {
            let flat = kernel.count == 2
            let shape = [2, 3] + (flat ? [7, 6] : [4, 7, 6])
            let deep = flat ? [2, 3, 1, 7, 6] : shape
            let convolution = try Convolution(
                inputChannels: 3, outputChannels: 4, kernelSize: kernel, stride: stride, padding: padding)
            let bias = scattered(4, salt: 2)
            try convolution.bias?.tensor.copy(from: Tensor(bias, shape: [4]))
            let x = try scattered(shape, salt: 1)
            let y = try convolution(x)
            let sides = (0..<kernel.count).map { axis -> Int in
                let room = shape[2 + axis] + 2 * padding[axis] - kernel[axis]
                return room / stride[axis] + 1
            }
            #expect(y.shape == [2, 4] + sides)
            let reference = ReferenceConvolution(
                input: deep, weights: flat ? [4, 3, 1] + kernel : [4, 3] + kernel)
            let wanted = try reference.forward(
                values(x), values(convolution.weight.tensor), bias, stride: flat ? [1] + stride : stride,
                padding: flat ? [0] + padding : padding)
            expectClose(try values(y), wanted, within: 1e-5)
        }
    }

    @Test(arguments: [[2, 2], [3, 1], [2, 2, 2], [1, 2, 2]])
    func upConvolutionAgreesWithTheDefinition(kernel: [Int]) throws {
        try withTensors {
            let flat = kernel.count == 2
            let shape = [2, 3] + (flat ? [4, 5] : [2, 4, 5])
            let up = try UpConvolution(inputChannels: 3, outputChannels: 2, kernelSize: kernel)
            let bias = scattered(2, salt: 2)
            try up.bias?.tensor.copy(from: Tensor(bias, shape: [2]))
            let x = try scattered(shape, salt: 1)
            let y = try up(x)
            #expect(y.shape == [2, 2] + (0..<kernel.count).map { shape[2 + $0] * kernel[$0] })
            let reference = ReferenceConvolution(
                input: flat ? [2, 3, 1, 4, 5] : shape, weights: flat ? [3, 2, 1] + kernel : [3, 2] + kernel)
            let wanted = try reference.transposed(values(x), values(up.weight.tensor), bias)
            expectClose(try values(y), wanted, within: 1e-5)
        }
    }

    @Test func withoutBias() throws {
        try withTensors {
            let convolution = try Convolution(
                inputChannels: 2, outputChannels: 3, kernelSize: [1, 1], bias: false)
            let up = try UpConvolution(inputChannels: 2, outputChannels: 3, kernelSize: [2, 2], bias: false)
            #expect(convolution.bias == nil && up.bias == nil)
            #expect(try values(convolution(Tensor.zeros([1, 2, 2, 2]))) == Array(repeating: 0, count: 12))
            #expect(try values(up(Tensor.zeros([1, 2, 1, 1]))) == Array(repeating: 0, count: 12))
        }
    }

    @Test func newWeightsHaveTheVarianceTheyPromise() throws {
        try withTensors {
            try TorchRuntime.seed(3)
            @TensorActor func variance(_ tensor: Tensor) throws -> Double {
                try tensor.squared().mean().item()
            }
            // 64·9 inputs, 36,864 draws: a standard error of 0.7 %.
            let he = try Convolution(inputChannels: 64, outputChannels: 64, kernelSize: [3, 3])
            #expect(try abs(variance(he.weight.tensor) / (2.0 / 576) - 1) < 0.04)
            let plain = try Convolution(
                inputChannels: 64, outputChannels: 64, kernelSize: [3, 3], initialization: .pytorch)
            #expect(try abs(variance(plain.weight.tensor) / (1.0 / 576 / 3) - 1) < 0.04)
            #expect(try plain.weight.tensor.magnitude().max().item() <= 1.0 / 24)
            // An up-convolution's output sees one voxel of each of 64 channels.
            let up = try UpConvolution(inputChannels: 64, outputChannels: 64, kernelSize: [2, 2])
            #expect(try abs(variance(up.weight.tensor) / (2.0 / 64) - 1) < 0.04)
            #expect(try he.bias.map { try values($0.tensor) } == Array(repeating: 0, count: 64))
        }
    }
}
