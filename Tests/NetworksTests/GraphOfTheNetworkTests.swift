import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct GraphOfTheNetworkTests {
    /// Every layer against the network itself: values in its tensors, and sizes of what its modules give.
    @Test func layersAreThoseOfTheNetwork() throws {
        try withTensors {
            var networks = RandomNetworks(24, seed: 8)
            while let configuration = networks.next() {
                let input = networks.input(for: configuration)
                let found = try NetworkDescription(configuration, input: input)
                let network = try configuration.makeNetwork()
                network.train(false)
                for layer in found.layers {
                    @TensorActor func count(_ tensors: [(name: String, tensor: Tensor)]) -> Int {
                        tensors.filter { $0.name.hasPrefix(layer.name + ".") && holdsValues(layer) }
                            .reduce(0) { $0 + $1.tensor.count }
                    }
                    #expect(
                        layer.parameters == count(network.parameters), "\(layer.name) of \(configuration)")
                    #expect(layer.buffers == count(network.buffers), "\(layer.name) of \(configuration)")
                }
                #expect(found.parameters == network.parameterCount.trainable)
                #expect(found.parameters + found.buffers == network.parameterCount.total)
                let held = Dictionary(uniqueKeysWithValues: found.tensors.map { ($0.name, $0.shape) })
                let wanted = network.state.map { ($0.name, $0.tensor.shape) }
                #expect(held == Dictionary(uniqueKeysWithValues: wanted), "\(configuration)")
                #expect(found.tensors.map(\.name) == network.state.map(\.name), "\(configuration)")
                try withoutGradient { try checkSizes(found, network, input) }
            }
        }
    }

    /// Sums, pooling and the like have none of their own, though the modules around them do.
    private func holdsValues(_ layer: NetworkLayer) -> Bool {
        [.convolution, .upConvolution, .head, .auxiliaryHead].contains(layer.kind)
    }

    private func checkSizes(_ found: NetworkDescription, _ network: SegmentationNetwork, _ input: [Int])
        throws
    {
        let network = try #require(network as? UNet)
        let shapes = try network.results(of: scattered([1, found.network.inputChannels] + input)).mapValues(
            \.shape)
        #expect(shapes.count == found.layers.count)
        for layer in found.layers {
            #expect(
                shapes[layer.name] == [1, layer.channels] + layer.size, "\(layer.name) of \(found.network)")
        }
    }

    /// The count that decides whether a network is made, against the layers' own.
    @Test func weightsAreCountedWithoutMakingThem() throws {
        var networks = RandomNetworks(24, seed: 9)
        while let configuration = networks.next() {
            let found = try NetworkDescription(configuration, input: networks.input(for: configuration))
            let main = found.tensors.filter { $0.shape.count > 1 && !$0.name.hasPrefix("auxiliary") }
            let weights = main.reduce(0) { $0 + $1.shape.reduce(1, *) }
            #expect(configuration.weightCount == Double(weights), "\(configuration)")
        }
    }
}
