import Networks
import Testing
import Torch
import UNetDesign

@TensorActor @Suite struct NetworkSizesTests {
    private let classic = NetworkConfiguration(architecture: .classic, outputChannels: 2)

    @Test func theClassicNetworkTurns572Into388() {
        #expect(classic.outputSize(of: [572, 572]) == [388, 388])
        #expect(classic.margin == [92, 92])
        #expect(classic.sizeMultiples == [16, 16])
        #expect(classic.outputSize(of: [572, 588]) == [388, 404])
        for side in [571, 573, 574, 580, 172, 92, 1, 0] {
            #expect(classic.outputSize(of: [572, side]) == nil, "\(side)")
        }
        #expect(classic.outputSize(of: [188, 188]) == [4, 4])
        #expect(
            classic.nearestInputs(to: [500, 572])
                == [FittingSides(smaller: 492, larger: 508), FittingSides(smaller: 572, larger: 572)])
        #expect(
            classic.nearestInputs(to: [100, 189])
                == [FittingSides(smaller: nil, larger: 188), FittingSides(smaller: 188, larger: 204)])
    }

    @Test func theClassicNetworkKeepsTheSlicesOfAVolume() {
        let volume = NetworkConfiguration(
            architecture: .classic, dimensions: .three, outputChannels: 2,
            poolings: [[1, 2, 2], [1, 2, 2], [2, 2, 2], [1, 2, 2]],
            kernels: [[1, 3, 3], [1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]])
        #expect(volume.outputSize(of: [6, 572, 572]) == [6, 388, 388])
        #expect(volume.outputSize(of: [7, 572, 572]) == nil)
        #expect(volume.margin == [0, 92, 92] && volume.sizeMultiples == [2, 16, 16])
    }

    @Test(arguments: [Architecture.padded, .residual]) func paddedNetworksKeepTheSize(
        _ architecture: Architecture
    ) {
        let network = NetworkConfiguration(architecture: architecture, outputChannels: 2, depth: 3)
        #expect(network.outputSize(of: [8, 64]) == [8, 64])
        #expect(network.outputSize(of: [8, 60]) == nil && network.outputSize(of: [0, 8]) == nil)
        #expect(network.margin == [0, 0])
        #expect(
            network.nearestInputs(to: [5, 60])
                == [FittingSides(smaller: nil, larger: 8), FittingSides(smaller: 56, larger: 64)])
    }

    /// The algebra against the networks themselves.
    @Test func outputsHaveTheSizeThatIsComputed() throws {
        try withTensors {
            var networks = RandomNetworks(60, seed: 3)
            while let configuration = networks.next() {
                let input = networks.input(for: configuration)
                let network = try configuration.makeNetwork()
                network.train(false)
                let x = try scattered([1, configuration.inputChannels] + input)
                let logits = try withoutGradient { try network(x) }
                let wanted = try #require(configuration.outputSize(of: input))
                #expect(
                    logits.shape == [1, configuration.outputChannels] + wanted, "\(configuration) \(input)")
                #expect(zip(zip(input, wanted), configuration.margin).allSatisfy { $0.0 - $0.1 == 2 * $1 })
            }
        }
    }

    @Test func nearestSidesAreThoseThatASearchFinds() {
        var networks = RandomNetworks(60, seed: 4)
        while let configuration = networks.next() {
            let rank = configuration.dimensions.rank
            let fitting = configuration.nearestInputs(to: Array(repeating: 1, count: rank)).map(\.larger)
            for axis in 0..<rank {
                @TensorActor func fits(_ side: Int) -> Bool {
                    var input = fitting
                    input[axis] = side
                    return configuration.outputSize(of: input) != nil
                }
                for side in stride(from: 1, through: 130, by: 3) {
                    var input = fitting
                    input[axis] = side
                    let found = configuration.nearestInputs(to: input)[axis]
                    #expect(found.smaller == (1...side).last(where: fits))
                    #expect(found.larger == (side...side + 200).first(where: fits))
                }
            }
        }
    }

    /// A person's sizes that do not fit are refused before; a programmer's end in an error too, not in a crash.
    @Test func theClassicNetworkRefusesAMapThatIsOdd() throws {
        try withTensors {
            let network = try NetworkConfiguration(
                architecture: .classic, outputChannels: 1, filters: 1, depth: 1
            ).makeNetwork()
            let error = #expect(throws: TorchError.self) { try network(scattered([1, 1, 25, 24])) }
            #expect(
                error?.description
                    == "libtorch failed in a crop of [1, 1, 21, 20]: it has no middle of size [12, 12] with equal borders"
            )
        }
    }

    @Test func thickSlicesAreNeitherPooledNorConvolvedAcrossAtFirst() {
        // ACDC: 10 mm slices of 1.5 mm pixels, which are 12 mm after three poolings.
        let (poolings, kernels) = NetworkConfiguration.anisotropic(
            spacing: [10, 1.5, 1.5], size: [16, 192, 192], depth: 4)
        #expect(poolings == [[1, 2, 2], [1, 2, 2], [2, 2, 2], [2, 2, 2]])
        #expect(kernels == [[1, 3, 3], [1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]])
        // Four slices must be left: 8 can be halved once, 7 never.
        @TensorActor func slices(_ count: Int) -> [Int] {
            NetworkConfiguration.anisotropic(spacing: [10, 1.5, 1.5], size: [count, 192, 192], depth: 4)
                .poolings.map { $0[0] }
        }
        #expect(slices(15) == [1, 1, 2, 1] && slices(8) == [1, 1, 2, 1] && slices(7) == [1, 1, 1, 1])
        #expect(slices(6) == [1, 1, 1, 1] && slices(21) == [1, 1, 2, 2])
    }

    @Test func anisotropyFollowsTheSpacing() {
        @TensorActor func levels(_ spacing: [Double], depth: Int = 3) -> ([Int], [Int]) {
            let found = NetworkConfiguration.anisotropic(spacing: spacing, size: [64, 64, 64], depth: depth)
            #expect(found.poolings.allSatisfy { $0[1...] == [2, 2] })
            #expect(found.kernels.allSatisfy { $0[1...] == [3, 3] })
            return (found.poolings.map { $0[0] }, found.kernels.map { $0[0] })
        }
        #expect(levels([1, 1, 1]) == ([2, 2, 2], [3, 3, 3, 3]))
        #expect(levels([1.99, 1, 1.5]) == ([2, 2, 2], [3, 3, 3, 3]))
        #expect(levels([2, 1, 1.5]) == ([1, 2, 2], [1, 3, 3, 3]))
        // Too thick to the end: kernels of 3 nowhere.
        #expect(levels([40, 1, 1]) == ([1, 1, 1], [1, 1, 1, 1]))
        // Thin enough in the bridge only.
        #expect(levels([15, 1, 1]) == ([1, 1, 1], [1, 1, 1, 3]))
    }
}
