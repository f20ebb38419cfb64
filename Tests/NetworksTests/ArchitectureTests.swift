import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct ArchitectureTests {
    private func names(_ configuration: NetworkConfiguration) throws -> [String] {
        try configuration.makeNetwork().state.map { "\($0.name) \($0.tensor.shape)" }
    }

    @Test func theClassicNetworkHasThePapersParameters() throws {
        try withTensors {
            let network = try NetworkConfiguration(architecture: .classic, outputChannels: 2).makeNetwork()
            #expect(network.parameterCount.total == 31_030_658)
            #expect(network.parameterCount.trainable == 31_030_658)
        }
    }

    @Test func theClassicNetworkHasConvolutionsAlone() throws {
        try withTensors {
            let found = try names(
                NetworkConfiguration(architecture: .classic, outputChannels: 2, filters: 3, depth: 1))
            #expect(
                found == [
                    "encoders.0.block.first.conv.weight [3, 1, 3, 3]", "encoders.0.block.first.conv.bias [3]",
                    "encoders.0.block.second.conv.weight [3, 3, 3, 3]",
                    "encoders.0.block.second.conv.bias [3]",
                    "bridge.first.conv.weight [6, 3, 3, 3]", "bridge.first.conv.bias [6]",
                    "bridge.second.conv.weight [6, 6, 3, 3]", "bridge.second.conv.bias [6]",
                    "decoders.0.up.weight [6, 3, 2, 2]", "decoders.0.up.bias [3]",
                    "decoders.0.block.first.conv.weight [3, 6, 3, 3]", "decoders.0.block.first.conv.bias [3]",
                    "decoders.0.block.second.conv.weight [3, 3, 3, 3]",
                    "decoders.0.block.second.conv.bias [3]",
                    "head.weight [2, 3, 1, 1]", "head.bias [2]",
                ])
        }
    }

    @Test func theResidualEncoderProjectsWhereChannelsChange() throws {
        try withTensors {
            let configuration = NetworkConfiguration(
                architecture: .residual, dimensions: .three, inputChannels: 3, outputChannels: 2, filters: 3,
                depth: 1, norm: .instance, poolings: [[1, 2, 2]], kernels: [[1, 3, 3], [3, 3, 3]])
            let found = try names(configuration)
            #expect(found.count == 32)
            #expect(!found.contains { $0.hasPrefix("encoders.0.block.shortcut") })
            #expect(
                found[8..<20] == [
                    "bridge.first.conv.weight [6, 3, 3, 3, 3]", "bridge.first.conv.bias [6]",
                    "bridge.first.norm.weight [6]", "bridge.first.norm.bias [6]",
                    "bridge.second.conv.weight [6, 6, 3, 3, 3]", "bridge.second.conv.bias [6]",
                    "bridge.second.norm.weight [6]", "bridge.second.norm.bias [6]",
                    "bridge.shortcut.conv.weight [6, 3, 1, 1, 1]", "bridge.shortcut.conv.bias [6]",
                    "bridge.shortcut.norm.weight [6]", "bridge.shortcut.norm.bias [6]",
                ])
            #expect(found[20] == "decoders.0.up.weight [6, 3, 1, 2, 2]")
            #expect(found[22] == "decoders.0.block.first.conv.weight [3, 6, 1, 3, 3]")
        }
    }

    /// With the second norm's weights at 0 a residual block passes on what the shortcut gives: here the image itself,
    /// which has as many channels as the first level.
    @Test func aResidualBlockWithoutChangeIsItsShortcut() throws {
        try withTensors {
            let configuration = NetworkConfiguration(
                architecture: .residual, inputChannels: 4, outputChannels: 2, filters: 4, depth: 1)
            let network = try UNet(configuration)
            for (name, tensor) in network.parameters where name.contains("encoders.0.block.second.norm") {
                try tensor.fill(0)
            }
            let x = try scattered([2, 4, 6, 4])
            let found = try #require(network.results(of: x)["encoders.0.block.sum"])
            #expect(try found.array(of: Float.self) == x.relu().array(of: Float.self))
        }
    }

    /// Drop-out makes two passes of training differ, at the end of the contracting path only.
    @Test(arguments: Architecture.allCases) func dropoutIsAtTheEndOfTheContractingPath(
        _ architecture: Architecture
    )
        throws
    {
        try withTensors {
            try TorchRuntime.seed(5)
            let configuration = NetworkConfiguration(
                architecture: architecture, outputChannels: 2, filters: 2, depth: 3, dropout: 0.5)
            let network = try configuration.makeNetwork()
            @TensorActor func dropouts(_ module: Module, _ path: String = "") -> [String] {
                module.children.flatMap { name, child in
                    (child is Dropout ? [path + name] : []) + dropouts(child, path + name + ".")
                }
            }
            #expect(dropouts(network) == ["encoders.2.dropout", "dropout"])
            let side = architecture == .classic ? 108 : 32
            let x = try scattered([1, 1, side, side])
            @TensorActor func logits() throws -> [Float] {
                try withoutGradient { try network(x).array(of: Float.self) }
            }
            #expect(try logits() != logits())
            network.train(false)
            #expect(try logits() == logits())
            var without = configuration
            without.dropout = 0
            #expect(dropouts(try without.makeNetwork()) == [])
        }
    }

    /// Both the pooled map and the skip lose the same values.
    @Test func theSkipIsDroppedAsThePooledMapIs() throws {
        try withTensors {
            try TorchRuntime.seed(6)
            let configuration = NetworkConfiguration(
                outputChannels: 2, filters: 16, depth: 1, norm: Norm.none, dropout: 0.5)
            let network = try UNet(configuration)
            let x = try scattered([1, 1, 32, 32])
            let results = try network.results(of: x)
            let (skip, pooled) = (results["encoders.0.dropout"]!, results["encoders.0.pool"]!)
            #expect(try pooled.array(of: Float.self) == skip.maxPooled([2, 2]).array(of: Float.self))
            let zeros = try skip.array(of: Float.self).count { $0 == 0 }
            network.train(false)
            let before = try network.results(of: x)["encoders.0.dropout"]!.array(of: Float.self)
                .count { $0 == 0 }
            let dropped = Double(zeros - before) / Double(16 * 32 * 32 - before)
            #expect(abs(dropped - 0.5) < 0.03)
        }
    }

    @Test(arguments: Architecture.allCases, Norm.allCases)
    func weightsAreDrawnAsHeEtAlSay(_ architecture: Architecture, _ norm: Norm) throws {
        try withTensors {
            try TorchRuntime.seed(9)
            let network = try NetworkConfiguration(
                architecture: architecture, dimensions: .three, outputChannels: 4, filters: 12, depth: 2,
                norm: norm
            ).makeNetwork()
            for (name, tensor) in network.parameters where tensor.rank == 5 {
                let values = try tensor.array(of: Float.self).map(Double.init)
                guard values.count > 5000 else { continue }
                let fanIn = name.contains(".up.") ? tensor.shape[0] : values.count / tensor.shape[0]
                let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
                #expect(abs(variance * Double(fanIn) / 2 - 1) < 0.1, "\(name)")
            }
        }
    }
}
