import Testing
import Torch

/// Convolution with ReLU and with instance norm and ReLU, padding in depth alone, and 2×2×2 max-pool by the native kernels
/// against libtorch's.
@TensorActor @Suite struct NativeUnitTests {
    /// Channels of each part, channels out, images and sides, kernel and padding.
    struct Shape: CustomTestStringConvertible {
        var inputs: [Int], outputs: Int, images: Int, sides: [Int], kernel: [Int], padding: [Int]

        var testDescription: String {
            "\(inputs)→\(outputs), \(images) × \(sides), kernel \(kernel), padding \(padding)"
        }
    }

    nonisolated static let shapes: [Shape] = [
        Shape(inputs: [1], outputs: 16, images: 2, sides: [19, 23], kernel: [3, 3], padding: [0, 0]),
        Shape(inputs: [17], outputs: 7, images: 1, sides: [9, 30], kernel: [3, 3], padding: [1, 1]),
        Shape(inputs: [24, 8], outputs: 24, images: 3, sides: [12, 11], kernel: [3, 3], padding: [0, 0]),
        Shape(inputs: [64, 64], outputs: 64, images: 1, sides: [33, 30], kernel: [3, 3], padding: [1, 1]),
        Shape(inputs: [3], outputs: 8, images: 2, sides: [3, 9, 8], kernel: [1, 3, 3], padding: [0, 1, 1]),
        Shape(
            inputs: [7], outputs: 17, images: 1, sides: [4, 9, 8], kernel: [3, 3, 3], padding: [1, 0, 0]),
        Shape(
            inputs: [8, 3], outputs: 16, images: 2, sides: [5, 10, 7], kernel: [3, 3, 3], padding: [1, 0, 0]),
        Shape(
            inputs: [5], outputs: 24, images: 1, sides: [5, 6, 7], kernel: [3, 3, 3], padding: [0, 1, 1]),
        Shape(inputs: [1], outputs: 8, images: 1, sides: [2, 8, 8], kernel: [3, 3, 3], padding: [1, 0, 0]),
        Shape(
            inputs: [24, 24], outputs: 8, images: 1, sides: [3, 9, 9], kernel: [3, 3, 3], padding: [1, 1, 1]),
    ]

    /// One of the two units, and what its ReLU gets.
    @TensorActor private struct Unit {
        let module: Module
        let run: ([Tensor]) throws -> Tensor
        let before: ([Tensor]) throws -> Tensor

        init(_ shape: Shape, normed: Bool) throws {
            let inputs = shape.inputs.reduce(0, +)
            if normed {
                let unit = try ConvInstanceNormReLU(
                    inputChannels: inputs, outputChannels: shape.outputs, kernelSize: shape.kernel,
                    padding: shape.padding, epsilon: 1e-3)
                (module, run) = (unit, { try unit($0) })
                before = { try unit.norm(unit.conv(.concatenated($0, axis: 1))) }
            } else {
                let unit = try ConvReLU(
                    inputChannels: inputs, outputChannels: shape.outputs, kernelSize: shape.kernel,
                    padding: shape.padding)
                (module, run) = (unit, { try unit($0) })
                before = { try unit.conv(.concatenated($0, axis: 1)) }
            }
        }
    }

    @Test(arguments: shapes, [false, true]) func unit(_ shape: Shape, normed: Bool) throws {
        try withTensors {
            let unit = try Unit(shape, normed: normed)
            try scatter(unit.module)
            let parts = try shape.inputs.enumerated().map {
                try scattered([shape.images, $1] + shape.sides, salt: $0)
            }
            // Where ReLU's input is within rounding of 0, either side of it is right: no gradient comes from there.
            let before = try with(.libtorch) { try withoutGradient { try values(unit.before(parts)) } }
            let slope = zip(scattered(before.count, salt: 9), before).map { abs($1) < 1e-3 ? 0 : $0 }
            for wanted in [[true, true], [false, true], [true, false], [false, false]] {
                let wanted = Array(wanted.prefix(parts.count))
                let native = try with(.native) {
                    try outcome(unit.module, parts, wanted: wanted, slope: slope) { try unit.run($0) }
                }
                let libtorch = try with(.libtorch) {
                    try outcome(unit.module, parts, wanted: wanted, slope: slope) { try unit.run($0) }
                }
                if normed {
                    expectSame(native, libtorch)
                } else {
                    let off = relativeError(native.output, libtorch.output)
                    #expect(off <= 2e-5)
                    #expect(native.gradients.keys.sorted() == libtorch.gradients.keys.sorted())
                    for (name, values) in libtorch.gradients {
                        let off = relativeError(native.gradients[name] ?? [], values)
                        #expect(off <= 2e-4, "\(name)")
                    }
                }
                let predicted = try with(.native) { try withoutGradient { try values(unit.run(parts)) } }
                let off = relativeError(predicted, libtorch.output)
                #expect(off <= 2e-5)
            }
        }
    }

    @Test func theUnitIsThatOfItsParts() throws {
        try withTensors {
            let shape = Self.shapes[2]
            for normed in [false, true] {
                let unit = try Unit(shape, normed: normed)
                try scatter(unit.module)
                let parts = try shape.inputs.enumerated().map {
                    try scattered([shape.images, $1] + shape.sides, salt: $0)
                }
                let found = try with(.native) { try withoutGradient { try values(unit.run(parts)) } }
                let wanted = try with(.libtorch) {
                    try withoutGradient { try values(unit.before(parts).relu()) }
                }
                let off = relativeError(found, wanted)
                #expect(off <= 2e-5)
            }
        }
    }

    @Test(arguments: [[2, 3, 2, 2, 2], [1, 17, 5, 7, 5], [2, 16, 4, 6, 8], [1, 8, 3, 33, 40]])
    func maxPoolThroughSlices(_ shape: [Int]) throws {
        try withTensors {
            let x = try Tensor(scattered(shape.reduce(1, *)).map { ($0 * 3).rounded() }, shape: shape)
            let wanted = try with(.libtorch) { try outcome(nil, [x]) { try $0[0].maxPooled([2, 2, 2]) } }
            let found = try with(.native) { try outcome(nil, [x]) { try $0[0].maxPooled([2, 2, 2]) } }
            #expect(found.output == wanted.output)
            #expect(found.gradients == wanted.gradients)
        }
    }

    @Test func whatIsNotFiniteReachesEveryGradient() throws {
        try withTensors {
            for normed in [false, true] {
                let shape = Shape(
                    inputs: [3], outputs: 8, images: 1, sides: [9, 10], kernel: [3, 3], padding: [1, 1])
                let unit = try Unit(shape, normed: normed)
                try scatter(unit.module)
                for bad in [Float.nan, .infinity, -.infinity] {
                    // A gradient that is not finite, where ReLU lets it through.
                    let x = try scattered([1, 3, 9, 10]).requiringGradient()
                    for (_, tensor) in unit.module.parameters { try tensor.clearGradient() }
                    let y = try with(.native) { try unit.run([x]) }
                    let open = try #require(try values(y.detached()).firstIndex { $0 > 0 })
                    var slope = scattered(y.count)
                    slope[open] = bad
                    try (y * Tensor(slope, shape: y.shape)).sum().backward()
                    for tensor in [x] + unit.module.parameters.map(\.tensor) {
                        let gradient = try values(#require(try tensor.gradient()))
                        #expect(gradient.contains { !$0.isFinite }, "\(bad), \(tensor.shape)")
                    }

                    // A pixel that is not finite: the weights' gradients cannot be.
                    var pixels = scattered(3 * 90)
                    pixels[45] = bad
                    for (_, tensor) in unit.module.parameters { try tensor.clearGradient() }
                    let z = try with(.native) { try unit.run([Tensor(pixels, shape: [1, 3, 9, 10])]) }
                    try (z * Tensor(scattered(z.count), shape: z.shape)).sum().backward()
                    let gradient = try values(#require(try unit.module.parameters[0].tensor.gradient()))
                    #expect(gradient.contains { !$0.isFinite }, "\(bad)")
                }
            }
        }
    }
}
