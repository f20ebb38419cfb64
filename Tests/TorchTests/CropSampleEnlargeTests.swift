import Testing
import Torch

@TensorActor @Suite struct CropSampleEnlargeTests {
    private func counted(_ shape: [Int]) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map(Float.init), shape: shape)
    }

    @Test func theMiddleHasEqualBorders() throws {
        try withTensors {
            let x = try counted([1, 2, 4, 5])
            #expect(try values(x.croppedToCenter([2, 3])) == [6, 7, 8, 11, 12, 13, 26, 27, 28, 31, 32, 33])
            #expect(try values(x.croppedToCenter([4, 5])) == values(x))
            #expect(try counted([1, 1, 3, 4, 4]).croppedToCenter([1, 4, 2]).shape == [1, 1, 1, 4, 2])
            for size in [[3, 5], [2, 7], [2, 2], [4]] {
                let error = refusal { _ = try x.croppedToCenter(size) }
                #expect(error?.operation == "a crop of [1, 2, 4, 5]")
                #expect(error?.message == "it has no middle of size \(size) with equal borders")
            }
        }
    }

    @Test func samplesBeginWithTheFirst() throws {
        try withTensors {
            let labels = try Tensor((0..<12).map(Int64.init), shape: [1, 3, 4])
            #expect(try labels.sampled([2, 3]).array(of: Int64.self) == [0, 3, 8, 11])
            #expect(try labels.sampled([1, 2]).array(of: Int64.self) == [0, 2, 4, 6, 8, 10])
            #expect(try labels.sampled([2]).shape == [1, 3, 2])
            #expect(refusal { _ = try labels.sampled([0, 1]) }?.message == "a step must be positive")
            #expect(
                refusal { _ = try labels.sampled([1, 1, 1, 1]) }?.message
                    == "a step for an axis that does not exist")
        }
    }

    @Test func blocksRepeatTheirValue() throws {
        try withTensors {
            let x = try counted([1, 1, 2, 2])
            #expect(
                try values(x.enlarged([2, 3])) == [
                    0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 3,
                ])
            #expect(try values(x.enlarged([1, 1])) == values(x))
            let volume = try counted([2, 3, 2, 4, 5])
            #expect(try volume.enlarged([2, 1, 4]).shape == [2, 3, 4, 4, 20])
            #expect(try values(volume.enlarged([2, 1, 4]).sampled([2, 1, 4])) == values(volume))
            #expect(refusal { _ = try x.enlarged([0, 1]) }?.message == "a factor must be positive")
            #expect(
                refusal { _ = try x.enlarged([1, 1, 1, 1, 1]) }?.message
                    == "a factor for an axis that does not exist")
        }
    }

    @Test func gradientsOfABlockAreSummed() throws {
        try withTensors {
            let x = try counted([1, 1, 2, 2]).requiringGradient()
            let slope = try counted([1, 1, 4, 2])
            let blocks = try x.enlarged([2, 1]) * slope
            try blocks.sum().backward()
            let sums: [Float] = [0 + 2, 1 + 3, 4 + 6, 5 + 7]
            #expect(try values(#require(try x.gradient())) == sums)
            try x.clearGradient()
            let picked = try x.sampled([1, 2]) * counted([1, 1, 2, 1])
            try picked.sum().backward()
            let slopes: [Float] = [0, 0, 1, 0]
            #expect(try values(#require(try x.gradient())) == slopes)
        }
    }

    @Test func aConvReLUIsAConvolutionOfItsPartsAndAReLU() throws {
        try withTensors {
            let unit = try ConvReLU(
                inputChannels: 3, outputChannels: 4, kernelSize: [3, 3], padding: [0, 0])
            #expect(unit.parameters.map(\.name) == ["conv.weight", "conv.bias"])
            let (first, second) = (try scattered([2, 1, 6, 7]), try scattered([2, 2, 6, 7], salt: 1))
            let found = try unit([first, second])
            #expect(found.shape == [2, 4, 4, 5])
            let wanted = try unit.conv(.concatenated([first, second], axis: 1)).relu()
            #expect(try values(found) == values(wanted))
        }
    }

    @Test func aConvNormReLUTakesAnyPadding() throws {
        try withTensors {
            let unit = try ConvNormReLU(
                inputChannels: 1, outputChannels: 2, kernelSize: [3, 3, 3], padding: [1, 0, 0])
            unit.train(false)
            let x = try scattered([1, 1, 3, 6, 7])
            #expect(try unit(x).shape == [1, 2, 3, 4, 5])
            expectClose(
                try values(unit(x)), try values(unit.norm(unit.conv(x)).relu()).map(Double.init), within: 1e-6
            )
        }
    }
}
