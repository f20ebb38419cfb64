import Networks
import UNetDesign

/// Small networks of every kind, the same in every run.
struct RandomNetworks: Sequence, IteratorProtocol {
    private var state: UInt64
    private var left: Int

    init(_ count: Int, seed: UInt64) {
        state = seed
        left = count
    }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    mutating func next() -> NetworkConfiguration? {
        guard left > 0 else { return nil }
        left -= 1
        let dimensions = pick(Dimensions.allCases)
        let depth = 1 + below(3)
        var poolings: [[Int]] = []
        var kernels: [[Int]] = []
        for level in 0...depth {
            let through = dimensions == .three ? [pick([1, 3])] : []
            kernels.append(through + [pick([3, 3, 3, 1]), 3])
            if level < depth {
                poolings.append((dimensions == .three ? [pick([1, 2])] : []) + [pick([2, 2, 1]), 2])
            }
        }
        return NetworkConfiguration(
            architecture: pick(Architecture.allCases), dimensions: dimensions, inputChannels: 1 + below(2),
            outputChannels: 1 + below(3), filters: 1 + below(3), depth: depth, norm: pick(Norm.allCases),
            deepSupervision: pick([true, false]), dropout: pick([0, 0.5]), poolings: poolings,
            kernels: kernels)
    }

    /// Sides that fit `network`, not far above the smallest.
    mutating func input(for network: NetworkConfiguration) -> [Int] {
        let least = network.nearestInputs(to: network.poolings[0].map { _ in 1 }).map(\.larger)
        let wanted = least.map { $0 + below(12) }
        return network.nearestInputs(to: wanted).map(\.larger)
    }
}
