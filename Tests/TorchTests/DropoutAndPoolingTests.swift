import Testing
import Torch

@TensorActor @Suite struct DropoutAndPoolingTests {
    @Test func poolingTakesTheLargestOfEachBlock() throws {
        try withTensors {
            let x = try Tensor([Float(1), 5, 2, 0, 3, 4, -1, -2], shape: [1, 1, 2, 4])
            #expect(try values(x.maxPooled([2, 2])) == [5, 2])
            #expect(try values(x.maxPooled([1, 2])) == [5, 2, 4, -1])
            let volume = try x.reshaped([1, 1, 2, 2, 2])
            #expect(try values(volume.maxPooled([2, 2, 2])) == [5])
            #expect(try values(volume.maxPooled([1, 2, 2])) == [5, 4])
            // Sides that are no multiple lose the rest.
            #expect(try Tensor.zeros([1, 1, 5, 7]).maxPooled([2, 2]).shape == [1, 1, 2, 3])
        }
    }

    @Test(arguments: [[4, 4, 64, 64], [4, 4, 4, 32, 32]])
    func dropoutDropsWhileTrainingOnly(shape: [Int]) throws {
        try withTensors {
            try TorchRuntime.seed(11)
            let dropout = Dropout(0.25)
            let x = try Tensor.ones(shape)
            let kept = try values(dropout(x))
            #expect(Set(kept) == [0, Float(1 / 0.75)])
            let dropped = Double(kept.count { $0 == 0 }) / Double(kept.count)
            // 65,536 draws: a standard deviation of 0.0017.
            #expect(abs(dropped - 0.25) < 0.01)
            dropout.train(false)
            #expect(try values(dropout(x)) == values(x))
        }
    }

    @Test func dropoutOfNothingAndOfEverything() throws {
        try withTensors {
            let x = try scattered([2, 3, 4, 4])
            #expect(try values(Dropout(0)(x)) == values(x))
            #expect(try values(Dropout(1)(x)) == Array(repeating: 0, count: 96))
            #expect(
                refusal { _ = try Dropout(1.5)(x) }?.message
                    == "dropout probability has to be between 0 and 1, but got 1.5")
        }
    }

    @Test func seedsAndStatesRepeatDropout() throws {
        try withTensors {
            let dropout = Dropout(0.5)
            let x = try Tensor.ones([1000])
            try TorchRuntime.seed(5)
            let first = try values(dropout(x))
            let state = try TorchRuntime.randomState()
            let second = try values(dropout(x))
            let third = try values(Tensor.normal([7]))
            #expect(first != second)

            try TorchRuntime.setRandomState(state)
            #expect(try values(dropout(x)) == second)
            #expect(try values(Tensor.normal([7])) == third)

            try TorchRuntime.seed(5)
            #expect(try values(dropout(x)) == first)
            try TorchRuntime.seed(6)
            #expect(try values(dropout(x)) != first)
        }
    }

    @Test func statesThatAreNone() throws {
        try withTensors {
            let before = try TorchRuntime.randomState().bytes()
            #expect(refusal { try TorchRuntime.setRandomState(Tensor.zeros([3], type: .uint8)) } != nil)
            #expect(refusal { try TorchRuntime.setRandomState(Tensor.zeros([5056])) } != nil)
            #expect(try TorchRuntime.randomState().bytes() == before)
        }
    }
}
