import Testing
import Torch

@TensorActor @Suite struct TorchErrorTests {
    @Test func shapesThatDoNotBroadcast() throws {
        try withTensors {
            let a = try Tensor.zeros([2, 4]), b = try Tensor.zeros([3, 4])
            let error = #expect(throws: TorchError.self) { try a + b }
            #expect(
                error
                    == .libtorch(
                        operation: "arithmetic on shapes [2, 4] and [3, 4]",
                        message:
                            "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
                    ))
            #expect(
                error?.description
                    == "libtorch failed in arithmetic on shapes [2, 4] and [3, 4]: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
            )
            #expect(error?.errorDescription == error?.description)
        }
    }

    @Test func valuesThatDoNotFillTheShape() throws {
        try withTensors {
            let error = refusal { _ = try Tensor([Float(1), 2, 3], shape: [2, 2]) }
            #expect(error?.operation == "a tensor of shape [2, 2] from 3 values")
            #expect(error?.message == "shape [2, 2] holds 16 bytes, but 12 were given")
        }
    }

    @Test func sizesThatOverflowOrAreNegative() throws {
        try withTensors {
            let negative = refusal { _ = try Tensor.zeros([2, -1]) }
            #expect(
                negative?.message.hasPrefix(
                    "Trying to create tensor with negative dimension -1: [2, -1]") == true)
            let huge = refusal { _ = try Tensor.zeros([1 << 40, 1 << 40]) }
            #expect(huge?.operation == "a tensor of shape [1099511627776, 1099511627776]")
            #expect(huge?.message.hasPrefix("Storage size calculation overflowed") == true)
            // 4 EB do not overflow, but no machine has them.
            let large = refusal { _ = try Tensor.zeros([1 << 60]) }
            #expect(large?.message.contains("can't allocate memory") == true)
        }
    }

    @Test func copiesBetweenShapes() throws {
        try withTensors {
            let tensor = try Tensor.zeros([2, 2])
            let error = refusal { try tensor.copy(from: Tensor.ones([1, 2])) }
            #expect(error?.message == "cannot copy a tensor of shape [1, 2] into one of shape [2, 2]")
            #expect(try values(tensor) == [0, 0, 0, 0])
        }
    }

    @Test func wrongChannelsNameBothShapes() throws {
        try withTensors {
            let convolution = try Convolution(inputChannels: 3, outputChannels: 4, kernelSize: [3, 3])
            let error = refusal { _ = try convolution(Tensor.zeros([1, 2, 8, 8])) }
            #expect(error?.operation == "convolution of [1, 2, 8, 8] with weights [4, 3, 3, 3]")
            #expect(
                error?.message
                    == "Given groups=1, weight of size [4, 3, 3, 3], expected input[1, 2, 8, 8] to have 3 channels, but got 2 channels instead"
            )
        }
    }

    @Test func labelsBeyondTheClasses() throws {
        try withTensors {
            let target = try Tensor([Int64(4)], shape: [1, 1, 1])
            let loss = refusal { _ = try Tensor.zeros([1, 4, 1, 1]).crossEntropy(target) }
            #expect(loss?.message == "Target 4 is out of bounds.")
            let hot = refusal { _ = try target.oneHot(classes: 4) }
            #expect(
                hot?.message.hasPrefix("index 4 is out of bounds for dimension 1 with size 4") == true)
        }
    }

    @Test func backwardOfSomethingThatWasNotRecorded() throws {
        try withTensors {
            let error = refusal { try Tensor.ones([]).backward() }
            #expect(error?.operation == "backward")
            #expect(
                error?.message == "element 0 of tensors does not require grad and does not have a grad_fn")
        }
    }

    @Test func messagesHoldNoFramesOfCPlusPlus() throws {
        try withTensors {
            let error = refusal { _ = try Tensor.zeros([2, 3]).reshaped([5]) }
            #expect(error?.message == "shape '[5]' is invalid for input of size 6")
        }
    }

    @Test(.enabled(if: !Device.cuda(0).isAvailable)) func noSuchDevice() {
        #expect(Device.best != .cuda(0))
        #expect(
            TorchError.noDevice(.cuda(0)).description
                == "there is no cuda:0 device on this machine, or this libtorch was built without it; use --device cpu"
        )
    }
}
