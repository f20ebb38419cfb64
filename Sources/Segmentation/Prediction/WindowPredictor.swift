import Imaging
import Networks
import Runs
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
        let windows = WindowPlan.of(grid.extent, for: network.configuration, window: window)
        let channels = network.configuration.outputChannels
        var sum = WindowSum(windows, channels: channels)
        let places = windows.places
        let batchSize = windows.batchSize(
            network.configuration.dimensions == .two ? self.batchSize : 1, for: network.configuration)
        let rank = network.configuration.dimensions.rank
        network.train(false)
        try withoutGradient {
            for start in stride(from: 0, to: places.count, by: batchSize) {
                let batch = Array(places[start..<min(start + batchSize, places.count)])
                let (values, size) = windows.input(scan, at: batch, border: border)
                let shape = [batch.count, scan.channels.count] + size.sides(rank: rank)
                let input = try Tensor(values, shape: shape).to(device)
                let output = try network.probabilities(network(input))
                sum.add(try output.array(), at: batch)
            }
        }
        return ProbabilityMap(geometry: grid, channels: channels, values: sum.mean())
    }
}
