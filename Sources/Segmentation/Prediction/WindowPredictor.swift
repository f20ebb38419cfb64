import Imaging
import Networks
import Torch

/// Class probabilities of a prepared scan, window by window; see `WindowPlan`.
struct WindowPredictor {
    let network: SegmentationNetwork
    let device: Device
    /// What lies beyond the scan's edge.
    var border = Preparation.Border.background
    /// Size of windows; nil for the whole scan, as far as it fits.
    var window: PatchSize?
    /// Slices in a batch, where the network sees slices; small, so that memory stays flat.
    var batchSize = 4

    /// A predictor with `network` as `plan` says.
    init(_ network: SegmentationNetwork, plan: Plan, device: Device) {
        self.network = network
        self.device = device
        border = plan.preparation.border
        window = plan.window
    }

    /// Probabilities on the grid of `scan`.
    func probabilities(_ scan: PreparedScan) throws -> ProbabilityMap {
        let grid = scan.geometry
        let extent = Extent(width: grid.width, height: grid.height, depth: grid.depth)
        let windows = WindowPlan.of(extent, for: network.configuration, window: window)
        let channels = network.configuration.outputChannels
        var sum = WindowSum(windows, channels: channels)
        let places = windows.places
        let batchSize = windows.batchSize(
            network.configuration.dimensions == .two ? self.batchSize : 1, for: network.configuration)
        network.train(false)
        try withoutGradient {
            for start in stride(from: 0, to: places.count, by: batchSize) {
                let batch = Array(places[start..<min(start + batchSize, places.count)])
                let output = try network.probabilities(network(input(scan, windows, batch)))
                sum.add(try output.array(), at: batch)
            }
        }
        return ProbabilityMap(geometry: grid, channels: channels, values: sum.mean())
    }

    /// What the network reads at `places`: (N, C, (D,) H, W).
    private func input(_ scan: PreparedScan, _ windows: WindowPlan, _ places: [WindowPlan.Place]) throws
        -> Tensor
    {
        let size = Extent(width: windows.x.input, height: windows.y.input, depth: windows.z.input)
        let source = Extent(
            width: scan.geometry.width, height: scan.geometry.height, depth: scan.geometry.depth)
        var values: [Float] = []
        values.reserveCapacity(places.count * scan.channels.count * size.count)
        for place in places {
            let box = CropPad(
                from: source, to: size, x: windows.x.starts[place.x], y: windows.y.starts[place.y],
                z: windows.z.starts[place.z])
            for (channel, background) in zip(scan.channels, scan.backgrounds) {
                switch border {
                case .background: values += box.apply(channel, padding: background)
                case .mirror: values += box.applyMirrored(channel, padding: background)
                }
            }
        }
        let sides = PatchSize(width: size.width, height: size.height, depth: size.depth)
            .sides(rank: network.configuration.dimensions.rank)
        return try Tensor(values, shape: [places.count, scan.channels.count] + sides).to(device)
    }
}

extension WindowPlan {
    /// One window, by its number along each axis.
    package struct Place {
        let x: Int
        let y: Int
        let z: Int
    }

    /// All windows, those of a slice side by side.
    package var places: [Place] {
        z.starts.indices.flatMap { z in
            y.starts.indices.flatMap { y in x.starts.indices.map { Place(x: $0, y: y, z: z) } }
        }
    }
}
