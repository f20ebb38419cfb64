import Testing
import Torch

/// Every layer by the native kernels against libtorch's, forward and backward, over shapes that kernels get wrong.
@TensorActor @Suite struct NativeLayerTests {
    /// A layer's shape: channels in (one or two parts) and out, images and sides, kernel and padding.
    struct Shape: CustomTestStringConvertible {
        var inputs: [Int], outputs: Int, images: Int, sides: [Int], kernel: [Int], padding: Int

        @TensorActor func input(_ part: Int) -> [Int] { [images, inputs[part]] + sides }

        /// Padding through the slices goes with a kernel that reaches through them.
        var paddings: [Int] { kernel.map { $0 == 1 ? 0 : padding } }

        var testDescription: String {
            "\(inputs)→\(outputs), \(images) × \(sides), kernel \(kernel), padding \(padding)"
        }
    }

    private nonisolated static let channels = [1, 3, 7, 17, 24]

    /// Shapes that look random but are the same in every run.
    private nonisolated static func shapes(_ count: Int, kernel: [Int], padding: [Int], parts: Int, salt: Int)
        -> [Shape]
    {
        let draws = scattered(count * 8, salt: salt).map { Int(($0 + 1) / 2 * 9999) }
        return (0..<count).map { index in
            let draw = Array(draws[(index * 8)..<(index * 8 + 8)])
            let padding = padding[draw[0] % padding.count]
            let least = padding == 0 ? 3 : 1
            var sides = [least + draw[1] % 14, least + draw[2] % 19]
            if kernel.count == 3 { sides.insert((kernel[0] == 3 ? least : 1) + draw[3] % 3, at: 0) }
            return Shape(
                inputs: (0..<parts).map { channels[draw[4 + $0] % 5] }, outputs: channels[draw[6] % 5],
                images: 1 + draw[7] % 3, sides: sides, kernel: kernel, padding: padding)
        }
    }

    nonisolated static let convolutions: [Shape] =
        shapes(14, kernel: [3, 3], padding: [0, 1], parts: 1, salt: 1)
        + shapes(5, kernel: [1, 3, 3], padding: [0, 1], parts: 1, salt: 2)
        + shapes(5, kernel: [3, 3, 3], padding: [0, 1], parts: 1, salt: 3)
        + shapes(5, kernel: [1, 1], padding: [0], parts: 1, salt: 4)
        + shapes(3, kernel: [1, 1, 1], padding: [0], parts: 1, salt: 5)
        + [
            Shape(inputs: [17], outputs: 24, images: 2, sides: [1, 1], kernel: [3, 3], padding: 1),
            Shape(inputs: [7], outputs: 3, images: 1, sides: [1, 1, 1], kernel: [3, 3, 3], padding: 1),
            Shape(inputs: [3], outputs: 7, images: 3, sides: [1, 1], kernel: [1, 1], padding: 0),
            Shape(inputs: [24], outputs: 17, images: 1, sides: [1, 37], kernel: [3, 3], padding: 1),
            Shape(inputs: [24], outputs: 1, images: 1, sides: [37, 1], kernel: [3, 3], padding: 1),
            Shape(inputs: [64], outputs: 64, images: 1, sides: [31, 33], kernel: [3, 3], padding: 1),
        ]

    @Test(arguments: convolutions) func convolution(_ shape: Shape) throws {
        try withTensors {
            let layer = try Convolution(
                inputChannels: shape.inputs[0], outputChannels: shape.outputs, kernelSize: shape.kernel,
                padding: shape.paddings)
            try scatter(layer)
            let x = try scattered(shape.input(0), salt: 1)
            let wanted = try with(.libtorch) { try outcome(layer, [x]) { try layer($0[0]) } }
            let found = try with(.native) { try outcome(layer, [x]) { try layer($0[0]) } }
            expectSame(found, wanted)
            // Unrecorded passes take packed weights from the cache: the same bits, again and again.
            for _ in 0..<2 {
                let prediction = try with(.native) { try withoutGradient { try values(layer(x)) } }
                #expect(prediction == found.output)
            }
        }
    }

    nonisolated static let upConvolutions: [Shape] =
        shapes(5, kernel: [2, 2], padding: [0], parts: 1, salt: 6)
        + shapes(3, kernel: [1, 2, 2], padding: [0], parts: 1, salt: 7)
        + shapes(3, kernel: [2, 2, 2], padding: [0], parts: 1, salt: 8)
        + [Shape(inputs: [17], outputs: 7, images: 2, sides: [1, 1], kernel: [2, 2], padding: 0)]

    @Test(arguments: upConvolutions) func upConvolution(_ shape: Shape) throws {
        try withTensors {
            let layer = try UpConvolution(
                inputChannels: shape.inputs[0], outputChannels: shape.outputs, kernelSize: shape.kernel)
            try scatter(layer)
            let x = try scattered(shape.input(0), salt: 1)
            let wanted = try with(.libtorch) { try outcome(layer, [x]) { try layer($0[0]) } }
            let found = try with(.native) { try outcome(layer, [x]) { try layer($0[0]) } }
            expectSame(found, wanted)
            #expect(
                try with(.native) { try withoutGradient { try values(layer(x)) } } == found.output)
        }
    }

    nonisolated static let blocks: [Shape] =
        shapes(8, kernel: [3, 3], padding: [1], parts: 1, salt: 9)
        + shapes(8, kernel: [3, 3], padding: [1], parts: 2, salt: 10)
        + shapes(4, kernel: [1, 3, 3], padding: [1], parts: 2, salt: 11)
        + shapes(4, kernel: [3, 3, 3], padding: [1], parts: 2, salt: 12)
        + [
            // Several images, for one value a channel has no variance, and two only ±1.
            Shape(inputs: [7, 17], outputs: 24, images: 6, sides: [1, 1], kernel: [3, 3], padding: 1),
            Shape(inputs: [3], outputs: 3, images: 5, sides: [1, 1, 1], kernel: [3, 3, 3], padding: 1),
            Shape(inputs: [64, 24], outputs: 64, images: 1, sides: [33, 30], kernel: [3, 3], padding: 1),
        ]

    @Test(arguments: blocks.filter { $0.images * $0.sides.reduce(1, *) > 4 })
    func convolutionNormAndReLU(_ shape: Shape) throws {
        try withTensors {
            let layer = try ConvNormReLU(
                inputChannels: shape.inputs.reduce(0, +), outputChannels: shape.outputs,
                kernelSize: shape.kernel, epsilon: 1e-3, momentum: 0.25)
            @TensorActor func call(_ parts: [Tensor]) throws -> Tensor {
                try parts.count == 1 ? layer(parts[0]) : layer(parts[0], parts[1])
            }
            let parts = try shape.inputs.indices.map { try scattered(shape.input($0), salt: $0) }
            // Where ReLU's input is within rounding of 0, either side of it is right: no gradient comes from there.
            try scatter(layer)
            let before = try with(.libtorch) {
                try withoutGradient { try values(layer.norm(layer.conv(.concatenated(parts, axis: 1)))) }
            }
            let slope = zip(scattered(before.count, salt: 9), before).map { abs($1) < 1e-3 ? 0 : $0 }

            @TensorActor func training(_ wanted: [Bool]) throws -> Outcome {
                try scatter(layer)
                return try outcome(layer, parts, wanted: wanted, slope: slope, call)
            }
            let all = parts.map { _ in true }
            let combinations =
                parts.count == 1
                ? [all, [false]] : [all, [true, false], [false, true], [false, false]]
            for wanted in combinations {
                expectSame(
                    try with(.native) { try training(wanted) }, try with(.libtorch) { try training(wanted) })
            }

            layer.train(false)
            try scatter(layer)
            let predicted = try with(.libtorch) { try withoutGradient { try values(call(parts)) } }
            let found = try with(.native) { try withoutGradient { try values(call(parts)) } }
            let off = relativeError(found, predicted)
            #expect(off <= 2e-5)
        }
    }

    @Test(arguments: [
        [2, 7, 8, 6], [1, 3, 7, 9], [3, 17, 2, 3], [1, 24, 3, 2], [2, 1, 5, 5], [1, 64, 40, 33],
        [2, 3, 3, 7, 4], [1, 17, 1, 5, 9],
    ])
    func maxPool(_ shape: [Int]) throws {
        try withTensors {
            // Few different values, so that largest ones are often equal: the first of them has the gradient.
            let x = try Tensor(scattered(shape.reduce(1, *)).map { ($0 * 3).rounded() }, shape: shape)
            let kernel = shape.count == 5 ? [1, 2, 2] : [2, 2]
            let wanted = try with(.libtorch) { try outcome(nil, [x]) { try $0[0].maxPooled(kernel) } }
            let found = try with(.native) { try outcome(nil, [x]) { try $0[0].maxPooled(kernel) } }
            #expect(found.output == wanted.output)
            #expect(found.gradients == wanted.gradients)
        }
    }

    @Test func inputsMayLieInMemoryInAnyWay() throws {
        try withTensors {
            let block = try ConvNormReLU(inputChannels: 12, outputChannels: 8, kernelSize: [3, 3])
            try scatter(block)
            let head = try Convolution(inputChannels: 5, outputChannels: 3, kernelSize: [1, 1])
            let up = try UpConvolution(inputChannels: 5, outputChannels: 3, kernelSize: [2, 2])
            let whole = try scattered([2, 9, 11, 13])
            let views: [Tensor] = try [
                whole.narrowed(axis: 1, 2..<7),
                whole.channelsLast().narrowed(axis: 1, 2..<7),
                whole.narrowed(axis: 1, 2..<7).narrowed(axis: 3, 4..<13).narrowed(axis: 2, 1..<10),
                whole.permuted([0, 2, 1, 3]).narrowed(axis: 1, 0..<5),
                scattered([2, 1, 11, 13]).narrowed(axis: 2, 3..<4).permuted([0, 3, 1, 2]).narrowed(
                    axis: 1, 0..<5),
            ]
            for view in views {
                let side = view.shape
                let other = try scattered([side[0], 7, side[2], side[3]], salt: 3)
                let layers: [(Module?, ([Tensor]) throws -> Tensor)] = [
                    (block, { try block($0[0], $0[1]) }), (block, { try block($0[1], $0[0]) }),
                    (head, { try head($0[0]) + $0[1].sum() * 0 }), (up, { try up($0[0]) + $0[1].sum() * 0 }),
                    (
                        nil,
                        {
                            side[2] > 1
                                ? try $0[0].maxPooled([2, 2]) + $0[1].sum() * 0 : try $0[0] + $0[1].sum()
                        }
                    ),
                ]
                for (module, layer) in layers {
                    let plain = try outcome(module, [view.contiguous(), other], layer)
                    let strided = try outcome(module, [view, other], layer)
                    #expect(strided.output == plain.output)
                    #expect(strided.gradients == plain.gradients)
                }
            }
        }
    }
}
