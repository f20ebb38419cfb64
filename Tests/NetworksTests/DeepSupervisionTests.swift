import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct DeepSupervisionTests {
    private func network(_ architecture: Architecture, _ dimensions: Dimensions, depth: Int = 4) throws
        -> SegmentationNetwork
    {
        try TorchRuntime.seed(3)
        let isVolume = dimensions == .three
        let configuration = NetworkConfiguration(
            architecture: architecture, dimensions: dimensions, outputChannels: 3, filters: 2, depth: depth,
            deepSupervision: true,
            poolings: isVolume ? [[1, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2]] : nil)
        let network = try configuration.makeNetwork()
        network.train(false)
        return network
    }

    @Test func coarserLevelsOfThePaddedNetworkHaveTheirOwnSize() throws {
        try withTensors {
            let flat = try network(.padded, .two)
            #expect(
                try flat.outputs(scattered([2, 1, 32, 48])).map(\.shape)
                    == [[2, 3, 32, 48], [2, 3, 16, 24], [2, 3, 8, 12]])
            let volume = try network(.residual, .three)
            #expect(
                try volume.outputs(scattered([1, 1, 4, 32, 16])).map(\.shape)
                    == [[1, 3, 4, 32, 16], [1, 3, 4, 16, 8], [1, 3, 2, 8, 4]])
            #expect(
                flat.state.map(\.name).filter { $0.contains("head") } == [
                    "head.weight", "head.bias", "auxiliary_heads.0.weight", "auxiliary_heads.0.bias",
                    "auxiliary_heads.1.weight", "auxiliary_heads.1.bias",
                ])
        }
    }

    @Test func theFirstOutputIsThatOfPrediction() throws {
        try withTensors {
            for architecture in Architecture.allCases {
                let network = try network(architecture, .two)
                let x = try scattered([1, 1, 204, 204].map { architecture == .classic ? $0 : min($0, 32) })
                let first = try network.outputs(x)[0]
                #expect(try first.bytes() == network(x).bytes())
            }
        }
    }

    /// What is cut off a coarser map need not be whole cells of it.
    @Test func coarserLevelsOfTheClassicNetworkAreEnlargedToTheFinest() throws {
        try withTensors {
            let flat = try network(.classic, .two)
            let outputs = try flat.outputs(scattered([1, 1, 204, 220]))
            #expect(outputs.map(\.shape) == Array(repeating: [1, 3, 20, 36], count: 3))
            // Level 2 is 8 cells of 4 pixels: of these 32 pixels the middle 20 are kept, from the middle of a cell on.
            let rows = try outputs[2].array(of: Float.self)
            for column in 0..<36 {
                let line = (0..<20).map { rows[$0 * 36 + column] }
                let changes = (1..<20).filter { line[$0] != line[$0 - 1] }
                #expect(changes == [2, 6, 10, 14, 18])
            }
            let volume = try network(.classic, .three)
            #expect(
                try volume.outputs(scattered([1, 1, 4, 204, 204])).map(\.shape)
                    == Array(repeating: [1, 3, 4, 20, 20], count: 3))
        }
    }

    @Test func shallowNetworksHaveNoOtherOutputs() throws {
        try withTensors {
            for depth in [1, 2] {
                let network = try NetworkConfiguration(
                    outputChannels: 2, filters: 1, depth: depth, deepSupervision: true
                ).makeNetwork()
                #expect(try network.outputs(scattered([1, 1, 8, 8])).map(\.shape) == [[1, 2, 8, 8]])
            }
        }
    }

    @Test func theLossIsTheSharesOfEachScales() throws {
        try withTensors {
            let target = try Tensor((0..<64).map { Int64($0 * 7 % 3) }, shape: [1, 8, 8])
            let weights = try Tensor((0..<64).map { Float($0 % 5) }, shape: [1, 8, 8])
            let outputs = try [
                scattered([1, 3, 8, 8]), scattered([1, 3, 4, 8], salt: 1), scattered([1, 3, 2, 2], salt: 2),
            ]
            @TensorActor func picked<Scalar: TensorScalar>(
                _ tensor: Tensor, _ rows: Int, _ columns: Int, _: Scalar.Type
            )
                throws
                -> Tensor
            {
                let values: [Scalar] = try tensor.array()
                let kept = stride(from: 0, to: 8, by: rows).flatMap { row in
                    stride(from: 0, to: 8, by: columns).map { values[row * 8 + $0] }
                }
                return try Tensor(kept, shape: [1, 8 / rows, 8 / columns])
            }
            for loss in SegmentationLoss.allCases {
                let parts = try zip(outputs, [(1, 1), (2, 1), (4, 4)]).map { logits, steps in
                    try loss(
                        logits, picked(target, steps.0, steps.1, Int64.self),
                        weights: picked(weights, steps.0, steps.1, Float.self)
                    ).item()
                }
                let wanted = (parts[0] + parts[1] / 2 + parts[2] / 4) / 1.75
                let found = try loss(outputs: outputs, target, weights: weights).item()
                #expect(abs(found - wanted) < 1e-6)
                let single = try loss(outputs: [outputs[0]], target).bytes()
                #expect(try single == loss(outputs[0], target).bytes())
            }
        }
    }
}
