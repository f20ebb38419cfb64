import Imaging
import Runs
import Scans
import Torch

/// A predictor that segments volumes with one model, or with the mean of several.
///
/// The calling task prepares scans and turns probabilities into labels; only the network itself runs on the
/// `TensorActor`. Several tasks can share a predictor.
public final class Predictor: Sendable {
    /// A closure called on any thread with the fraction of the work done, from 0 to 1.
    public typealias Progress = @Sendable (Double) -> Void

    private let models: [Model]
    private let settings: ComputeSettings
    /// The share of each model in the mean; they sum to 1.
    private let shares: [Double]

    /// Whether probabilities are averaged over mirrored copies of the scan.
    public let isMirrored: Bool
    /// The connected components to keep, as the model recommends; `.all` if it recommends nothing.
    public let componentRule: ComponentRule

    /// The plan of the first model; all models have the same structures and channels.
    public var plan: Plan { models[0].plan }

    /// Returns how a scan on `grid` differs from all scans that a model was trained on, which makes its labels doubtful;
    /// nothing if it resembles them, or nothing is known of them.
    public func differences(of grid: Geometry) -> [ScanDifference] {
        models.lazy.compactMap { $0.plan.training.seen?.differences(of: grid) }.first { !$0.isEmpty } ?? []
    }

    /// Whether to allow channels whose headers definitely place them elsewhere: only if every model was trained on such
    /// files.
    package var allowsMisplaced: Bool { models.allSatisfy(\.plan.training.allowsMisplaced) }

    /// Creates a predictor that averages the probabilities of `models`.
    ///
    /// - Parameters:
    ///   - models: the models.
    ///   - weights: their weights in the mean, relative to each other; nil weighs all alike.
    ///   - isMirrored: whether to average over mirrored copies of a scan, which takes four times as long and is good only
    ///     for networks trained on mirrored samples: it took one that was not from a Dice of 0.892 to 0.665.
    ///   - componentRule: the rule to recommend.
    ///   - settings: how to compute.
    /// - Throws: `SegmentationError.noModels` if there are none, `.modelsDisagree` if they do not segment the same
    ///   structures in the same channels, `.notMirrored` if one was not trained on mirrored samples.
    /// - Precondition: as many positive weights as models.
    public init(
        _ models: [Model], weights: [Double]? = nil, isMirrored: Bool = false,
        componentRule: ComponentRule = .all, settings: ComputeSettings = ComputeSettings()
    ) throws(SegmentationError) {
        guard let first = models.first else { throw SegmentationError.noModels }
        let weights = weights ?? models.map { _ in 1 }
        precondition(
            weights.count == models.count && weights.allSatisfy { $0 > 0 }, "a weight for every model")
        let sum = weights.reduce(0, +)
        shares = weights.map { $0 / sum }
        self.models = models
        self.settings = settings
        self.isMirrored = isMirrored
        self.componentRule = componentRule
        if isMirrored, let model = models.first(where: { !$0.plan.training.isMirrored }) {
            throw SegmentationError.notMirrored(model: model.name)
        }
        for model in models
        where model.plan.structures != first.plan.structures
            || model.plan.network.inputChannels != first.plan.network.inputChannels
        {
            throw SegmentationError.modelsDisagree(
                first: first.nameWithStructures, second: model.nameWithStructures)
        }
    }

    /// Returns the class probabilities on the scan's own grid, resampled as probabilities, never as labels.
    ///
    /// - Parameters:
    ///   - channels: the scan's input channels, all on the same grid; one volume for MRI.
    ///   - progress: called as the work proceeds.
    /// - Throws: `SegmentationError.channels` if the number of channels is not the network's, `.voxels` if a channel
    ///   does not fill its grid, `ScanError` if channels have different grids, no valid spacing, or voxels that are NaN
    ///   or infinite, `SegmentationError.tooLarge` if the scan would take more memory than `Limits` allow,
    ///   `CancellationError` if the task is canceled, and `TorchError`.
    public func probabilities(_ channels: [Volume], progress: Progress? = nil) async throws -> ProbabilityMap
    {
        try await probabilities(prepare(channels), progress: progress)
    }

    /// Returns the class probabilities of a scan of one channel; see `probabilities(_:progress:)`.
    public func probabilities(_ volume: Volume, progress: Progress? = nil) async throws -> ProbabilityMap {
        try await probabilities([volume], progress: progress)
    }

    /// Returns the label of every voxel of `volume`.
    ///
    /// - Parameters:
    ///   - volume: the scan.
    ///   - rule: the connected components to keep; `ComponentRule.fitting` returns the rule that fits the plan's
    ///     structures.
    ///   - progress: called as the work proceeds.
    /// - Throws: Errors of `probabilities(_:progress:)`.
    public func segment(
        _ volume: Volume, keeping rule: ComponentRule = .all, progress: Progress? = nil
    ) async throws -> LabelMap {
        try await labels(prepare([volume]), progress: progress)
            .keeping(rule, of: plan.structures.map(\.label))
    }

    /// Returns the labels of `probabilities`.
    ///
    /// - Parameters:
    ///   - probabilities: the class probabilities.
    ///   - rule: the connected components to keep.
    /// - Throws: `SegmentationError.classes` if the number of classes is not the network's.
    public func labels(of probabilities: ProbabilityMap, keeping rule: ComponentRule = .all)
        throws(SegmentationError) -> LabelMap
    {
        let expected = plan.network.outputChannels
        guard probabilities.channels == expected else {
            throw .classes(expected: expected, found: probabilities.channels)
        }
        return probabilities.labelMap(plan).keeping(rule, of: plan.structures.map(\.label))
    }
}

// MARK: Steps

extension Predictor {
    /// A scan prepared for each model.
    struct Prepared: Sendable {
        /// The scan's own grid.
        let geometry: Geometry
        /// The scan on each model's grid, shared by models with the same preparation.
        let scans: [PreparedScan]
    }

    /// Prepares the scan of `channels` for each model.
    ///
    /// - Throws: Errors of `probabilities(_:progress:)` for invalid scans.
    func prepare(_ channels: [Volume]) throws -> Prepared {
        let geometry = try plan.grid(of: channels)
        try check(geometry, path: "the scan")
        var scans: [PreparedScan] = []
        for (index, model) in models.enumerated() {
            let same = models[..<index].firstIndex { $0.plan.preparation == model.plan.preparation }
            scans.append(try same.map { scans[$0] } ?? model.plan.preparation.prepare(channels))
        }
        return Prepared(geometry: geometry, scans: scans)
    }

    /// Returns the label of every voxel of `prepared`, all components kept.
    ///
    /// Networks that see slices are given some at a time, so the probabilities of a whole scan, which take 4 bytes for every
    /// class and voxel, and again for every step of their way, are never in memory.
    func labels(_ prepared: Prepared, progress: Progress? = nil) async throws -> LabelMap {
        let grid = prepared.geometry
        let seesSlices = models.allSatisfy { $0.plan.network.dimensions == .two }
        let step = seesSlices ? 16 : grid.depth
        var labels: [UInt8] = []
        labels.reserveCapacity(grid.count)
        for first in stride(from: 0, to: grid.depth, by: step) {
            let slices = first..<min(first + step, grid.depth)
            let (start, share) = (
                Double(first) / Double(grid.depth), Double(slices.count) / Double(grid.depth)
            )
            labels += try await probabilities(prepared, slices: slices) { progress?(start + share * $0) }
                .labelMap(plan).labels
        }
        return LabelMap(geometry: grid, labels: labels)
    }

    /// Returns the class probabilities of `prepared` on its own grid: the mean over the models.
    func probabilities(_ prepared: Prepared, progress: Progress? = nil) async throws -> ProbabilityMap {
        try await probabilities(prepared, slices: 0..<prepared.geometry.depth, progress: progress)
    }

    private func probabilities(_ prepared: Prepared, slices: Range<Int>, progress: Progress?) async throws
        -> ProbabilityMap
    {
        var values: [Float] = []
        let count = models.count
        let grid = prepared.geometry.withDepth(slices.count)
        for (index, model) in models.enumerated() {
            let map = try await model.probabilities(
                prepared.scans[index].slices(slices), settings: settings, isMirrored: isMirrored
            ) {
                progress?((Double(index) + $0) / Double(count))
            }
            .resampledInPlane(to: grid)
            guard models.count > 1 else { return map }
            let share = Float(shares[index])
            if values.isEmpty {
                values = map.values
                for voxel in values.indices { values[voxel] *= share }
            } else {
                for voxel in values.indices { values[voxel] += share * map.values[voxel] }
            }
        }
        return ProbabilityMap(geometry: grid, channels: plan.network.outputChannels, values: values)
    }

    /// Refuses a grid that would take an implausible amount of memory; see `Preparation.check`.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        for model in models { try model.plan.check(geometry, path: path) }
    }
}

extension Model {
    fileprivate nonisolated var nameWithStructures: String {
        "\(name) (\(plan.structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")))"
    }
}
