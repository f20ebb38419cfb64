import Imaging
import Runs
import Torch

/// Segments volumes with one model, or with the mean of several.
///
/// Belongs to the tensor thread.
public final class Predictor {
    private let models: [Model]

    /// What the channels mean; the same for every model.
    public var plan: Plan { models[0].plan }

    /// Whether channels may surely lie elsewhere by their headers: only where every model was trained on such files.
    package var allowsMisplaced: Bool { models.allSatisfy(\.plan.training.allowsMisplaced) }

    /// A predictor that averages the probabilities of `models`.
    ///
    /// - Throws: `SegmentationError.noModels` where there is none, `.modelsDisagree` where they do not segment the same
    ///   structures in the same channels.
    public init(_ models: [Model]) throws {
        guard let first = models.first else { throw SegmentationError.noModels }
        self.models = models
        for model in models
        where model.plan.structures != first.plan.structures
            || model.plan.network.inputChannels != first.plan.network.inputChannels
        {
            throw SegmentationError.modelsDisagree(
                first: first.nameWithStructures, second: model.nameWithStructures)
        }
    }

    /// Refuses a grid that would take more memory than any scan; see `Preparation.check`.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        for model in models { try model.plan.check(geometry, path: path) }
    }

    /// Class probabilities on the grid of the scan itself: resampled as probabilities, never as labels.
    ///
    /// - Parameter channels: the scan's input channels, on one grid; one volume for MRI.
    /// - Throws: `SegmentationError.channels` for another number of channels than the network's, `.channelsDiffer` where
    ///   their grids differ, `.voxels` and `.badSpacing` for one that is no grid, `ImagingError.nonFinite` for voxels that
    ///   are NaN or infinite, what `Preparation.check` refuses, and `TorchError`.
    public func probabilities(_ channels: [Volume]) throws -> ProbabilityMap {
        let geometry = try grid(of: channels)
        var values: [Float] = []
        for model in models {
            let map = try WindowPredictor(model.network, plan: model.plan, device: model.device)
                .probabilities(model.plan.preparation.prepare(channels))
                .resampledInPlane(to: geometry)
            if values.isEmpty {
                values = map.values
            } else {
                for index in values.indices { values[index] += map.values[index] }
            }
        }
        if models.count > 1 {
            let share = 1 / Float(models.count)
            for index in values.indices { values[index] *= share }
        }
        return ProbabilityMap(geometry: geometry, channels: plan.network.outputChannels, values: values)
    }

    /// Class probabilities of a scan of one channel; see `probabilities(_:)`.
    public func probabilities(_ volume: Volume) throws -> ProbabilityMap { try probabilities([volume]) }

    /// The label of every voxel of `volume`.
    ///
    /// - Parameter rule: which connected components are kept; `ComponentRule.fitting` gives the one that fits the
    ///   plan's structures.
    /// - Throws: as `probabilities(_:)`.
    public func segment(_ volume: Volume, keeping rule: ComponentRule = .all) throws -> LabelMap {
        try labels(of: try probabilities(volume), keeping: rule)
    }

    /// The labels that `probabilities` mean.
    ///
    /// - Parameter rule: which connected components are kept.
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

extension Predictor {
    /// The grid of `channels`, which come from an application as likely as from a file.
    private func grid(of channels: [Volume]) throws -> Geometry {
        let expected = plan.network.inputChannels
        guard let geometry = channels.first?.geometry, channels.count == expected else {
            throw SegmentationError.channels(path: "the scan", expected: expected, found: channels.count)
        }
        for (number, channel) in channels.enumerated() {
            let name = channels.count == 1 ? "the scan" : "channel \(number + 1)"
            guard channel.geometry == geometry else {
                throw SegmentationError.channelsDiffer(path: name, first: "channel 1")
            }
            guard !channel.voxels.isEmpty, channel.voxels.count == geometry.count else {
                throw SegmentationError.voxels(
                    path: name, expected: geometry.count, found: channel.voxels.count)
            }
            let strange = channel.voxels.count { !$0.isFinite }
            guard strange == 0 else { throw ImagingError.nonFinite(path: name, count: strange) }
        }
        guard geometry.spacing.sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw SegmentationError.badSpacing(path: "the scan")
        }
        try check(geometry, path: "the scan")
        return geometry
    }
}

extension Model {
    fileprivate var nameWithStructures: String {
        "\(name) (\(plan.structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")))"
    }
}
