import Imaging
import Networks
import Runs
import Torch

/// A predictor of class probabilities window by window; see `WindowPlan`.
@TensorActor
struct WindowPredictor {
    let network: SegmentationNetwork
    let device: Device
    let settings: ComputeSettings
    /// The values beyond the scan's edge.
    let border: Preparation.Border
    /// The size of windows; nil for the whole scan, as far as it fits.
    let window: PatchSize?
    /// The number of slices in a batch of a 2D network; small, to limit memory.
    let batchSize = 4
    /// Whether to average over the input mirrored along x, along y, and along both, which takes four times as long.
    let isMirrored: Bool

    /// Creates a predictor with `network` according to `plan`.
    init(
        _ network: SegmentationNetwork, plan: Plan, device: Device, settings: ComputeSettings,
        isMirrored: Bool = false
    ) {
        self.isMirrored = isMirrored
        self.network = network
        self.device = device
        self.settings = settings
        border = plan.preparation.border
        window = plan.window
    }

    /// Returns the probabilities on the grid of `scan`. Other jobs can run between two batches of windows.
    ///
    /// - Parameter progress: called with the fraction of the windows done, up to 1.
    /// - Throws: `CancellationError` if the task is canceled, `TorchError`.
    func probabilities(_ scan: PreparedScan, progress: Predictor.Progress? = nil) async throws
        -> ProbabilityMap
    {
        let grid = scan.geometry
        let windows = WindowPlan.of(grid.extent, for: network.configuration, window: window)
        let channels = network.configuration.outputChannels
        let rank = network.configuration.dimensions.rank
        var sum = WindowSum(windows, channels: channels)
        let places = windows.places
        let batchSize = windows.batchSize(
            network.configuration.dimensions == .two ? self.batchSize : 1, for: network.configuration)
        for start in stride(from: 0, to: places.count, by: batchSize) {
            try Task.checkCancellation()
            let batch = Array(places[start..<min(start + batchSize, places.count)])
            let (values, size) = windows.input(scan, at: batch, border: border)
            let output = try settings.run {
                try withoutGradient {
                    network.train(false)
                    let shape = [batch.count, scan.channels.count] + size.sides(rank: rank)
                    let input = try Tensor(values, shape: shape).to(device)
                    return try probabilities(input).array(of: Float.self)
                }
            }
            sum.add(output, at: batch)
            progress?(Double(start + batch.count) / Double(places.count))
            await Task.yield()
        }
        return ProbabilityMap(geometry: grid, channels: channels, values: sum.mean())
    }

    /// Returns the probabilities (N, C, (D,) H, W) of `input`, averaged over mirrored copies if wanted.
    private func probabilities(_ input: Tensor) throws -> Tensor {
        var sum = try network.probabilities(network(input))
        guard isMirrored else { return sum }
        let (x, y) = (input.shape.count - 1, input.shape.count - 2)
        for axes in [[x], [y], [y, x]] {
            sum = try sum + network.probabilities(network(input.flipped(axes))).flipped(axes)
        }
        return try sum * 0.25
    }
}
