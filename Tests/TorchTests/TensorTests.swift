import Testing
import Torch

@TensorActor @Suite struct TensorTests {
    @Test func valuesOfEveryTypeComeBack() throws {
        try withTensors {
            @TensorActor func check<Scalar: TensorScalar & Equatable>(_ values: [Scalar], _ type: ScalarType)
                throws
            {
                let tensor = try Tensor(values, shape: [2, values.count / 2])
                #expect(tensor.scalarType == type)
                #expect(try tensor.array(of: Scalar.self) == values)
                let bytes = values.withUnsafeBytes { Array($0) }
                #expect(try tensor.bytes() == bytes)
                let again = try bytes.withUnsafeBytes {
                    try Tensor.fromBytes($0, shape: [values.count], type: type)
                }
                #expect(try again.array(of: Scalar.self) == values)
                #expect(bytes.count == tensor.count * type.size)
            }
            try check([UInt8(0), 1, 128, 255], .uint8)
            try check([Int32.min, -1, 0, Int32.max], .int32)
            try check([Int64.min, -1, 0, Int64.max], .int64)
            try check([Float.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, -.infinity], .float32)
            try check([Double.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, .infinity], .float64)
        }
    }

    @Test func truthValuesAreAByteEach() throws {
        try withTensors {
            let truth = try Tensor([Float(1), 2, 3], shape: [3]).equals(Tensor([Float(1), 0, 3], shape: [3]))
            #expect(truth.scalarType == .bool)
            #expect(try truth.bytes() == [1, 0, 1])
            let again = try [UInt8(1), 0, 1].withUnsafeBytes {
                try Tensor.fromBytes($0, shape: [3], type: .bool)
            }
            #expect(try again.to(.int32).array(of: Int32.self) == [1, 0, 1])
        }
    }

    @Test func shapesOfScalarsVolumesAndNothing() throws {
        try withTensors {
            let scalar = try Tensor([Float(7)], shape: [])
            #expect(scalar.shape == [] && scalar.rank == 0 && scalar.count == 1)
            #expect(try scalar.item() == 7)
            let volume = try Tensor.zeros([2, 3, 4, 5, 6])
            #expect(volume.shape == [2, 3, 4, 5, 6] && volume.rank == 5 && volume.count == 720)
            let nothing = try Tensor([Float](), shape: [0, 3])
            #expect(nothing.shape == [0, 3] && nothing.count == 0)
            #expect(try values(nothing).isEmpty && nothing.bytes().isEmpty)
            #expect(volume.device == .cpu && volume.scalarType == .float32)
        }
    }

    @Test func changesOfTypeRoundTowardsZero() throws {
        try withTensors {
            let tensor = try Tensor([Float(-1.75), 0, 2.5, 3.99], shape: [4])
            #expect(try tensor.to(.int64).array(of: Int64.self) == [-1, 0, 2, 3])
            #expect(try tensor.to(.float64).array(of: Double.self) == [-1.75, 0, 2.5, Double(Float(3.99))])
            #expect(try tensor.to(.bool).bytes() == [1, 0, 1, 1])
        }
    }

    @Test func layoutsChangeNeitherShapeNorValues() throws {
        try withTensors {
            for shape in [[2, 3, 4, 5], [1, 2, 3, 4, 5]] {
                let tensor = try scattered(shape)
                let last = try tensor.channelsLast()
                #expect(last.shape == shape)
                #expect(try values(last) == values(tensor))
                #expect(try values(last.contiguous()) == values(tensor))
            }
        }
    }

    @Test func clonesShareNothingAndNarrowedPartsShareAll() throws {
        try withTensors {
            let tensor = try Tensor([Float(0), 1, 2, 3, 4, 5], shape: [2, 3])
            let copy = try tensor.clone()
            let part = try tensor.narrowed(axis: 1, 1..<3)
            try part.fill(9)
            #expect(try values(tensor) == [0, 9, 9, 3, 9, 9])
            #expect(try values(copy) == [0, 1, 2, 3, 4, 5])
            try tensor.copy(from: copy)
            #expect(try values(part) == [1, 2, 4, 5])
            try tensor.scaleAdd(2, copy, -1)
            #expect(try values(tensor) == [0, 1, 2, 3, 4, 5])
            try tensor.scaleAdd(2, copy, 0.5)
            #expect(try values(tensor) == [0, 2.5, 5, 7.5, 10, 12.5])
        }
    }

    @Test func rearrangementKeepsTheValues() throws {
        try withTensors {
            let tensor = try Tensor([Float(0), 1, 2, 3, 4, 5], shape: [2, 3])
            #expect(try values(tensor.permuted([1, 0])) == [0, 3, 1, 4, 2, 5])
            #expect(try tensor.reshaped([3, -1]).shape == [3, 2])
            #expect(try values(tensor.reshaped([3, -1])) == [0, 1, 2, 3, 4, 5])
            #expect(try values(tensor.flipped([1])) == [2, 1, 0, 5, 4, 3])
            #expect(try values(tensor.flipped([0, 1])) == [5, 4, 3, 2, 1, 0])
            let pair = try Tensor.concatenated([tensor, tensor * 10], axis: 1)
            #expect(pair.shape == [2, 6])
            #expect(try values(pair) == [0, 1, 2, 0, 10, 20, 3, 4, 5, 30, 40, 50])
        }
    }

    @Test func oneHotPutsTheClassesSecond() throws {
        try withTensors {
            let labels = try Tensor([Int64(0), 2, 1, 1], shape: [2, 2])
            let hot = try labels.oneHot(classes: 3)
            #expect(hot.shape == [2, 3, 2] && hot.scalarType == .float32)
            #expect(try values(hot) == [1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0])
        }
    }
}
