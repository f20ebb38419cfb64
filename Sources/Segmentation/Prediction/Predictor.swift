import Imaging
import Torch

/// Segments volumes with one model, or with the mean of several.
///
/// Belongs to the tensor thread.
public final class Predictor {
    private let models: [Model]

    /// What the channels mean; the same for every model.
    public var plan: Plan { models[0].plan }

    /// A predictor that averages the probabilities of `models`.
    ///
    /// - Throws: `SegmentationError.modelsDisagree` where they do not segment the same structures in the same channels.
    public init(_ models: [Model]) throws {
        precondition(!models.isEmpty, "at least one model")
        self.models = models
        for model in models
        where model.plan.structures != models[0].plan.structures
            || model.plan.network.inputChannels != models[0].plan.network.inputChannels
        {
            throw SegmentationError.modelsDisagree(
                first: models[0].nameWithStructures, second: model.nameWithStructures)
        }
    }

    /// Refuses a grid that is larger than any scan; see `Preparation.check`.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        for model in models { try model.plan.preparation.check(geometry, path: path) }
    }

    /// Class probabilities on the grid of the scan itself: resampled as probabilities, never as labels.
    ///
    /// - Parameter channels: the scan's input channels, on one grid; one volume for MRI.
    public func probabilities(_ channels: [Volume]) throws -> ProbabilityMap {
        precondition(channels.count == plan.network.inputChannels, "a volume for each input channel")
        var sum: ProbabilityMap?
        for model in models {
            let map = try WindowPredictor(model.network, plan: model.plan, device: model.device)
                .probabilities(model.plan.preparation.prepare(channels))
                .resampledInPlane(to: channels[0].geometry)
            guard var total = sum else {
                sum = map
                continue
            }
            for index in total.values.indices { total.values[index] += map.values[index] }
            sum = total
        }
        guard var mean = sum else { preconditionFailure("at least one model") }
        if models.count > 1 {
            let share = 1 / Float(models.count)
            for index in mean.values.indices { mean.values[index] *= share }
        }
        return mean
    }

    /// Class probabilities of a scan of one channel; see `probabilities(_:)`.
    public func probabilities(_ volume: Volume) throws -> ProbabilityMap { try probabilities([volume]) }

    /// The label of every voxel of `volume`.
    ///
    /// - Parameter keepLargest: whether of each structure only its largest connected component (26 neighbours, 3D)
    ///   is kept.
    public func segment(_ volume: Volume, keepLargest: Bool = false) throws -> LabelMap {
        labels(of: try probabilities(volume), keepLargest: keepLargest)
    }

    /// The labels that `probabilities` mean.
    public func labels(of probabilities: ProbabilityMap, keepLargest: Bool = false) -> LabelMap {
        let map = probabilities.labelMap(plan)
        return keepLargest ? map.keepingLargestComponents(of: plan.structures.map(\.label)) : map
    }
}

extension Model {
    fileprivate var nameWithStructures: String {
        "\(name) (\(plan.structures.map { "\($0.name)=\($0.label)" }.joined(separator: " ")))"
    }
}
