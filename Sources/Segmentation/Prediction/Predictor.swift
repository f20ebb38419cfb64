import Imaging
import Runs
import Scans
import Torch

/// Segments volumes with one model, or with the mean of several.
///
/// Scans are prepared, and labels made of probabilities, by the task that asks; only the network itself runs on the
/// `TensorActor`. Several tasks may use one predictor.
public final class Predictor: Sendable {
    /// Called with the share of the work done, from 0 to 1, on any thread.
    public typealias Progress = @Sendable (Double) -> Void

    private let models: [Model]
    private let settings: ComputeSettings

    /// What the channels mean; the same for every model.
    public var plan: Plan { models[0].plan }

    /// Whether channels may surely lie elsewhere by their headers: only where every model was trained on such files.
    package var allowsMisplaced: Bool { models.allSatisfy(\.plan.training.allowsMisplaced) }

    /// A predictor that averages the probabilities of `models`.
    ///
    /// - Throws: `SegmentationError.noModels` where there is none, `.modelsDisagree` where they do not segment the same
    ///   structures in the same channels.
    public init(_ models: [Model], settings: ComputeSettings = ComputeSettings()) throws(SegmentationError) {
        guard let first = models.first else { throw SegmentationError.noModels }
        self.models = models
        self.settings = settings
        for model in models
        where model.plan.structures != first.plan.structures
            || model.plan.network.inputChannels != first.plan.network.inputChannels
        {
            throw SegmentationError.modelsDisagree(
                first: first.nameWithStructures, second: model.nameWithStructures)
        }
    }

    /// Class probabilities on the grid of the scan itself: resampled as probabilities, never as labels.
    ///
    /// - Parameters:
    ///   - channels: the scan's input channels, on one grid; one volume for MRI.
    ///   - progress: called as the work goes on.
    /// - Throws: `SegmentationError.channels` for another number of channels than the network's, `.voxels` for
    ///   one that does not fill its grid, `ScanError` where channels have different grids, no valid spacing, or voxels
    ///   that are NaN or infinite, `SegmentationError.tooLarge` for one that would take more memory than `Limits` allow,
    ///   `CancellationError` where the task is canceled, and `TorchError`.
    public func probabilities(_ channels: [Volume], progress: Progress? = nil) async throws -> ProbabilityMap
    {
        try await probabilities(prepare(channels), progress: progress)
    }

    /// Class probabilities of a scan of one channel; see `probabilities(_:progress:)`.
    public func probabilities(_ volume: Volume, progress: Progress? = nil) async throws -> ProbabilityMap {
        try await probabilities([volume], progress: progress)
    }

    /// The label of every voxel of `volume`.
    ///
    /// - `rule`: which connected components are kept; `ComponentRule.fitting` gives the one that fits the plan's
    ///   structures.
    /// - `progress`: called as the work goes on.
    /// - Throws: as `probabilities(_:progress:)`.
    public func segment(
        _ volume: Volume, keeping rule: ComponentRule = .all, progress: Progress? = nil
    ) async throws -> LabelMap {
        try labels(of: try await probabilities(volume, progress: progress), keeping: rule)
    }

    /// The labels that `probabilities` mean.
    ///
    /// `rule`: which connected components are kept.
    /// - Throws: `SegmentationError.classes` where they are not those of the network's classes.
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
    /// A scan as each model sees it.
    struct Prepared: Sendable {
        /// The scan's own grid.
        let geometry: Geometry
        /// The scan on each model's grid; one for all where they prepare it alike.
        let scans: [PreparedScan]
    }

    /// The scan of `channels` as each model sees it.
    ///
    /// - Throws: as `probabilities(_:progress:)` for what is no scan of the network's.
    func prepare(_ channels: [Volume]) throws -> Prepared {
        let geometry = try grid(of: channels)
        var scans: [PreparedScan] = []
        for (index, model) in models.enumerated() {
            let same = models[..<index].firstIndex { $0.plan.preparation == model.plan.preparation }
            scans.append(try same.map { scans[$0] } ?? model.plan.preparation.prepare(channels))
        }
        return Prepared(geometry: geometry, scans: scans)
    }

    /// Class probabilities of `prepared` on its own grid: the mean over the models.
    func probabilities(_ prepared: Prepared, progress: Progress? = nil) async throws -> ProbabilityMap {
        var values: [Float] = []
        let share = 1 / Double(models.count)
        for (index, model) in models.enumerated() {
            let map = try await model.probabilities(prepared.scans[index], settings: settings) {
                progress?((Double(index) + $0) * share)
            }
            .resampledInPlane(to: prepared.geometry)
            if values.isEmpty {
                values = map.values
            } else {
                for index in values.indices { values[index] += map.values[index] }
            }
        }
        if models.count > 1 {
            for index in values.indices { values[index] *= Float(share) }
        }
        return ProbabilityMap(
            geometry: prepared.geometry, channels: plan.network.outputChannels, values: values)
    }

    /// Refuses a grid that would take more memory than any scan; see `Preparation.check`.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        for model in models { try model.plan.check(geometry, path: path) }
    }

    /// The grid of `channels`, which come from an application as likely as from a file.
    private func grid(of channels: [Volume]) throws -> Geometry {
        let expected = plan.network.inputChannels
        guard let geometry = channels.first?.geometry, channels.count == expected else {
            throw SegmentationError.channels(path: "the scan", expected: expected, found: channels.count)
        }
        let size = [geometry.width, geometry.height, geometry.depth]
        for (number, channel) in channels.enumerated() {
            let name = channels.count == 1 ? "the scan" : "channel \(number + 1)"
            let found = [channel.geometry.width, channel.geometry.height, channel.geometry.depth]
            guard found == size else {
                throw ScanError.channelShape(first: "channel 1", other: name, expected: size, found: found)
            }
            guard channel.geometry.spacing == geometry.spacing else {
                throw ScanError.channelSpacing(
                    first: "channel 1", other: name, expected: geometry.spacing.sides,
                    found: channel.geometry.spacing.sides)
            }
            guard !channel.voxels.isEmpty, channel.voxels.count == geometry.count else {
                throw SegmentationError.voxels(
                    path: name, expected: geometry.count, found: channel.voxels.count)
            }
            let strange = channel.voxels.count { !$0.isFinite }
            guard strange == 0 else { throw ScanError.nonFinite(path: name, count: strange) }
        }
        guard geometry.spacing.sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ScanError.noSpacing(path: "the scan", found: geometry.spacing.sides)
        }
        try check(geometry, path: "the scan")
        return geometry
    }
}

extension Model {
    fileprivate nonisolated var nameWithStructures: String {
        "\(name) (\(plan.structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")))"
    }
}
