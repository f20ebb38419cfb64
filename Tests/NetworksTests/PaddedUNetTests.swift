import Foundation
import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct PaddedUNetTests {
    @Test(arguments: [(64, 31_054_340, 31_042_564), (16, 1_946_756, 1_943_812)])
    func parametersAsInTheKerasOriginal(filters: Int, total: Int, trainable: Int) throws {
        try withTensors {
            let network = try NetworkConfiguration(outputChannels: 4, filters: filters).makeNetwork()
            #expect(network.parameterCount.total == total)
            #expect(network.parameterCount.trainable == trainable)
        }
    }

    /// Every level's sizes, written out for the deepest and for a shallow network.
    @Test func tensorsAndTheirShapes() throws {
        try withTensors {
            let network = try NetworkConfiguration(inputChannels: 3, outputChannels: 2, filters: 5, depth: 2)
                .makeNetwork()
            @TensorActor func unit(_ name: String, _ inputs: Int, _ outputs: Int) -> [String] {
                [
                    "\(name).conv.weight [\(outputs), \(inputs), 3, 3]", "\(name).conv.bias [\(outputs)]",
                    "\(name).norm.weight [\(outputs)]", "\(name).norm.bias [\(outputs)]",
                    "\(name).norm.running_mean [\(outputs)]", "\(name).norm.running_var [\(outputs)]",
                ]
            }
            @TensorActor func block(_ name: String, _ inputs: Int, _ outputs: Int) -> [String] {
                unit("\(name).first", inputs, outputs) + unit("\(name).second", outputs, outputs)
            }
            let wanted =
                block("encoders.0.block", 3, 5) + block("encoders.1.block", 5, 10) + block("bridge", 10, 20)
                + ["decoders.0.up.weight [20, 10, 2, 2]", "decoders.0.up.bias [10]"]
                + block("decoders.0.block", 20, 10)
                + ["decoders.1.up.weight [10, 5, 2, 2]", "decoders.1.up.bias [5]"]
                + block("decoders.1.block", 10, 5) + ["head.weight [2, 5, 1, 1]", "head.bias [2]"]
            #expect(network.state.map { "\($0.name) \($0.tensor.shape)" } == wanted)
        }
    }

    @Test(arguments: [
        (depth: 4, filters: 2, inputs: 1, outputs: 4, size: [2, 32, 48]),
        (depth: 4, filters: 3, inputs: 2, outputs: 1, size: [1, 16, 64]),
        (depth: 2, filters: 5, inputs: 3, outputs: 3, size: [3, 12, 20]),
        (depth: 1, filters: 1, inputs: 1, outputs: 2, size: [1, 2, 6]),
        (depth: 5, filters: 1, inputs: 1, outputs: 2, size: [1, 64, 32]),
    ])
    func outputHasTheInputsSize(depth: Int, filters: Int, inputs: Int, outputs: Int, size: [Int]) throws {
        try withTensors {
            let configuration = NetworkConfiguration(
                inputChannels: inputs, outputChannels: outputs, filters: filters, depth: depth)
            #expect(configuration.sizeMultiple == [1: 2, 2: 4, 4: 16, 5: 32][depth])
            let network = try configuration.makeNetwork()
            let x = try scattered([size[0], inputs, size[1], size[2]])
            #expect(try network(x).shape == [size[0], outputs, size[1], size[2]])
            network.train(false)
            let logits = try withoutGradient { try network(x) }
            #expect(logits.shape == [size[0], outputs, size[1], size[2]])
            #expect(try logits.isFinite().bytes().allSatisfy { $0 == 1 })
        }
    }

    @Test func sizesThatDoNotHalveAreRefusedByShape() throws {
        try withTensors {
            let network = try NetworkConfiguration(outputChannels: 2, filters: 2, depth: 2).makeNetwork()
            let error = #expect(throws: TorchError.self) { try network(scattered([1, 1, 16, 18])) }
            #expect(
                error
                    == .libtorch(
                        operation:
                            "convolution, norm and ReLU of [[1, 4, 8, 8], [1, 4, 8, 9]] with weights [4, 8, 3, 3]",
                        message:
                            "Sizes of tensors must match except in dimension 1. Expected size 8 but got size 9 for tensor number 1 in the list."
                    ))
            let channels = #expect(throws: TorchError.self) { try network(scattered([1, 2, 16, 16])) }
            #expect(
                channels
                    == .libtorch(
                        operation: "convolution, norm and ReLU of [[1, 2, 16, 16]] with weights [2, 1, 3, 3]",
                        message:
                            "Given groups=1, weight of size [2, 1, 3, 3], expected input[1, 2, 16, 16] to have 1 channels, but got 2 channels instead"
                    ))
        }
    }

    @Test func probabilitiesAreSigmoidForOneClassAndSoftmaxForSeveral() throws {
        try withTensors {
            let one = try NetworkConfiguration(outputChannels: 1, filters: 1, depth: 1).makeNetwork()
            let logits = try Tensor([Float(0), Float(log(3.0)), -1000, 1000], shape: [1, 1, 2, 2])
            let single = try one.probabilities(logits).array(of: Float.self)
            #expect(zip(single, [0.5, 0.75, 0, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
            let two = try NetworkConfiguration(outputChannels: 2, filters: 1, depth: 1).makeNetwork()
            let pair = try Tensor([Float(0), 7, Float(log(3.0)), 7], shape: [1, 2, 1, 2])
            let found = try two.probabilities(pair).array(of: Float.self)
            #expect(zip(found, [0.25, 0.5, 0.75, 0.5]).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test func theSameSeedGivesTheSameWeightsBitForBit() throws {
        try withTensors {
            @TensorActor func weights(_ seed: UInt64) throws -> [UInt8] {
                try TorchRuntime.seed(seed)
                return try weightBytes(NetworkConfiguration(outputChannels: 4, filters: 4).makeNetwork())
            }
            let first = try weights(7)
            #expect(first == (try weights(7)))
            #expect(first != (try weights(8)))
        }
    }

    @Test func forwardAndBackwardRepeatBitForBit() throws {
        try withTensors {
            try TorchRuntime.setThreadCount(2)
            let network = try NetworkConfiguration(outputChannels: 4, filters: 8).makeNetwork()
            let x = try scattered([2, 1, 64, 48])
            network.train(false)
            let logits = try withoutGradient { try network(x).bytes() }
            for _ in 0..<3 { #expect(try withoutGradient { try network(x).bytes() } == logits) }

            network.train()
            let target = try Tensor((0..<(2 * 64 * 48)).map { Int64($0 / 100 % 4) }, shape: [2, 64, 48])
            @TensorActor func gradients() throws -> [[UInt8]] {
                try SegmentationLoss.both(network(x), target).backward()
                return try network.parameters.map { _, tensor in
                    let bytes = try #require(try tensor.gradient()).bytes()
                    try tensor.clearGradient()
                    return bytes
                }
            }
            let first = try gradients()
            #expect(first == (try gradients()))
        }
    }

    @Test func trainingChangesTheRunningStatisticsAndPredictionDoesNot() throws {
        try withTensors {
            let network = try NetworkConfiguration(outputChannels: 2, filters: 2, depth: 2).makeNetwork()
            let x = try scattered([1, 1, 16, 16])
            let before = try network.buffers.map { try $0.tensor.bytes() }
            network.train(false)
            _ = try withoutGradient { try network(x) }
            #expect(try network.buffers.map { try $0.tensor.bytes() } == before)
            network.train()
            _ = try withoutGradient { try network(x) }
            for (index, buffer) in network.buffers.enumerated() {
                #expect(try buffer.tensor.bytes() != before[index], "\(buffer.name)")
            }
        }
    }

    @Test func normConstantsReachEveryNorm() throws {
        try withTensors {
            let configuration = NetworkConfiguration(
                outputChannels: 2, filters: 2, depth: 1, normEpsilon: 1e-3, normMomentum: 0.01)
            let network = try configuration.makeNetwork()
            @TensorActor func norms(_ module: Module) -> [BatchNorm] {
                module.children.flatMap { [$0.module as? BatchNorm].compactMap(\.self) + norms($0.module) }
            }
            let found = norms(network)
            #expect(found.count == 6)
            #expect(found.allSatisfy { $0.epsilon == 1e-3 && $0.momentum == 0.01 })
        }
    }
}
