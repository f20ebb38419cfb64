import Imaging
import Networks
import RunFixtures
import Runs
import Segmentation
import TestSupport
import Testing
import Torch
import UNetDesign

@TensorActor @Suite(.serialized) struct WindowTests {
    private func classic(_ dimensions: Dimensions = .two, classes: Int = 3, depth: Int = 2)
        -> NetworkConfiguration
    {
        NetworkConfiguration(
            architecture: .classic, dimensions: dimensions, outputChannels: classes, filters: 4, depth: depth)
    }

    private func plan(_ network: NetworkConfiguration, window: PatchSize? = nil, border: Preparation.Border)
        -> Plan
    {
        var plan = Blobs.plan()
        plan.network = network
        plan.preparation.border = border
        plan.window = window
        return plan
    }

    /// The probabilities of `scan` in windows of two sizes, by the same random network.
    private func probabilities(
        _ scan: Volume, _ network: NetworkConfiguration, windows: [PatchSize?], border: Preparation.Border
    ) async throws -> [ProbabilityMap] {
        try await withTensors {
            var maps: [ProbabilityMap] = []
            for window in windows {
                try TorchRuntime.seed(4)
                let plan = plan(network, window: window, border: border)
                maps.append(
                    try await Predictor([Model(network.makeNetwork(), plan: plan)]).probabilities(scan))
            }
            return maps
        }
    }

    private func largestDifference(_ one: ProbabilityMap, _ other: ProbabilityMap) -> Float {
        zip(one.values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: [(60, 48), (64, 64), (61, 77), (130, 33)])
    func tilesGiveWhatOneLargePassGives(width: Int, height: Int) async throws {
        let scan = noise(width, height, 2)
        // 2 poolings lose 20 pixels at each border: windows of 60 give 20, of 64 24, and the whole needs one window.
        let maps = try await probabilities(
            scan, classic(),
            windows: [
                PatchSize(width: 256, height: 256), PatchSize(width: 60, height: 60),
                PatchSize(width: 64, height: 92), nil,
            ], border: .mirror)
        for map in maps.dropFirst() { #expect(largestDifference(map, maps[0]) < 2e-5) }
        #expect(maps[0].values.contains { abs($0 - maps[0].values[0]) > 1e-3 })
    }

    @Test func thePapersTilesGiveWhatOneLargePassGives() async throws {
        // Figure 2 of the paper: 4 poolings, tiles of 388 pixels that read 572, steps of 384.
        let network = NetworkConfiguration(architecture: .classic, outputChannels: 3, filters: 1)
        let scan = noise(450, 800, 1)
        let tiles = WindowPlan.of(
            scan.geometry.extent, for: network, window: PatchSize(width: 572, height: 572))
        #expect(tiles.x.input == 572 && tiles.x.starts == [-92, 384 - 92])
        #expect(tiles.y.input == 572 && tiles.y.starts == [-92, 384 - 92, 768 - 92])
        let maps = try await probabilities(
            scan, network,
            windows: [PatchSize(width: 1020, height: 1020), PatchSize(width: 572, height: 572)],
            border: .mirror)
        #expect(largestDifference(maps[0], maps[1]) < 2e-5)
        #expect(maps[0].values.contains { abs($0 - maps[0].values[0]) > 1e-3 })
    }

    @Test func onlyStepsOfTheNetworksMultipleGiveTheSamePixels() async throws {
        // Why tiles begin at multiples: a pass that begins one pixel later pools other pixels together.
        let network = classic()
        let output = 100 - 2 * network.margin[1]
        try await withTensors {
            try TorchRuntime.seed(4)
            let model = try network.makeNetwork()
            model.train(false)
            let image = try Tensor.normal([1, 1, 60, 104])
            @TensorActor func row(from start: Int) throws -> [Float] {
                let logits: [Float] = try withoutGradient {
                    try model(image.narrowed(axis: 3, start..<start + 100)).array()
                }
                return Array(logits.prefix(output))
            }
            let first = try row(from: 0)
            @TensorActor func largestDifference(_ shift: Int) throws -> Float {
                zip(first.dropFirst(shift), try row(from: shift)).reduce(0) { max($0, abs($1.0 - $1.1)) }
            }
            #expect(try largestDifference(4) < 1e-5)
            #expect(try largestDifference(1) > 1e-3)
            #expect(try largestDifference(2) > 1e-3)
        }
    }

    @Test func classicVolumesAreTiledInPlaneToo() async throws {
        let scan = noise(60, 52, 5)
        var network = classic(.three)
        (network.poolings, network.kernels) = NetworkConfiguration.anisotropic(
            spacing: [8, 1.5, 1.5], size: [5, 64, 64], depth: 2)
        let maps = try await probabilities(
            scan, network,
            windows: [
                PatchSize(width: 252, height: 252, depth: 5), PatchSize(width: 60, height: 60, depth: 5),
            ],
            border: .mirror)
        #expect(maps[0].geometry == scan.geometry)
        #expect(largestDifference(maps[0], maps[1]) < 2e-5)
    }

    @Test func volumesOfAnyThicknessArePredictedOnTheirOwnGrid() async throws {
        for depth in [1, 6, 7, 21] {
            var network = NetworkConfiguration(dimensions: .three, outputChannels: 3, filters: 4, depth: 3)
            (network.poolings, network.kernels) = NetworkConfiguration.anisotropic(
                spacing: [10, 1.5, 1.5], size: [16, 64, 64], depth: 3)
            let scan = noise(37, 29, depth)
            let map = try await probabilities(scan, network, windows: [nil], border: .background)[0]
            #expect(map.geometry == scan.geometry)
            let count = scan.geometry.count
            for voxel in stride(from: 0, to: count, by: 7) {
                let sum = (0..<3).reduce(Float(0)) { $0 + map.values[$1 * count + voxel] }
                #expect(abs(sum - 1) < 1e-5)
            }
        }
    }

    @Test func slidingWindowsAreAMeanWithGaussianWeights() async throws {
        let scan = noise(40, 32, 6)
        let network = NetworkConfiguration(dimensions: .three, outputChannels: 3, filters: 4, depth: 2)
        let window = PatchSize(width: 24, height: 16, depth: 4)
        let found = try await probabilities(scan, network, windows: [window], border: .background)[0]
        // By hand: every window through the network, weighed voxel by voxel.
        let expected: [Double] = try await withTensors {
            try TorchRuntime.seed(4)
            let plan = plan(network, border: .background)
            let model = try network.makeNetwork()
            model.train(false)
            let prepared = plan.preparation.prepare([scan])
            var (sum, total) = (
                [Double](repeating: 0, count: 3 * 40 * 32 * 6), [Double](repeating: 0, count: 40 * 32 * 6)
            )
            let weights = GaussianWindow(Extent(width: 24, height: 16, depth: 4)).weights
            for z in SlidingWindow(size: 6, window: 4).starts {
                for y in SlidingWindow(size: 32, window: 16).starts {
                    for x in SlidingWindow(size: 40, window: 24).starts {
                        let box = CropPad(
                            from: Extent(width: 40, height: 32, depth: 6),
                            to: Extent(width: 24, height: 16, depth: 4), x: x, y: y, z: z)
                        let input = try Tensor(
                            box.apply(prepared.channels[0], padding: 0), shape: [1, 1, 4, 16, 24])
                        let output: [Float] = try withoutGradient {
                            try model.probabilities(model(input)).array()
                        }
                        for c in 0..<3 {
                            for k in 0..<4 * 16 * 24 {
                                let (column, row, slice) = (x + k % 24, y + k / 24 % 16, z + k / 384)
                                let voxel = column + 40 * (row + 32 * slice)
                                sum[c * 7680 + voxel] += Double(weights[k] * output[c * 1536 + k])
                                if c == 0 { total[voxel] += Double(weights[k]) }
                            }
                        }
                    }
                }
            }
            return sum.indices.map { sum[$0] / total[$0 % 7680] }
        }
        #expect(zip(found.values, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test func imagesAndWindowsTooSmallForATileAreReadInTheSmallestTile() async throws {
        // A network of 4 poolings gives 4 pixels of 188, which is less than the 16 by which tiles must advance.
        let network = classic(depth: 4)
        for (side, window) in [(3, nil), (40, PatchSize(width: 188, height: 188))] {
            let scan = noise(side, side, 1)
            let map = try await probabilities(scan, network, windows: [window], border: .mirror)[0]
            #expect(map.geometry == scan.geometry)
            #expect(map.values.allSatisfy { $0 > 0 && $0 < 1 })
        }
    }

    @Test func largeScansAreSeenInWindowsThatFitTheMemory() throws {
        var wide = NetworkConfiguration(outputChannels: 3, filters: 1024, depth: 2)
        wide.filters = 1 << 16
        // 65,536 filters leave 512 pixels at once: more than a slice of 40 × 32, so windows of it, one at a time.
        let plan = WindowPlan.of(Extent(width: 40, height: 32, depth: 3), for: wide, window: nil)
        #expect(plan.x.input * plan.y.input <= 512)
        #expect(plan.batchSize(4, for: wide) == 1)
        let usual = NetworkConfiguration(outputChannels: 3, filters: 16)
        let whole = WindowPlan.of(Extent(width: 256, height: 216, depth: 10), for: usual, window: nil)
        #expect(whole.x.input == 256 && whole.y.input == 224 && whole.places.count == 10)
        #expect(whole.batchSize(4, for: usual) == 4)
    }
}
