import Foundation
import Imaging
import UNetDesign

/// Everything needed to prepare a scan and to build the network again: `plan.json` of a run.
public struct Plan: Encodable, Sendable, Equatable {
    /// Version of this format.
    public var formatVersion = 1
    /// The network.
    public var network: NetworkConfiguration
    /// The structures, in the order of the network's channels; channel 0 is background, except that a network with
    /// one channel has only the one structure.
    public var structures: [Structure]
    /// How a scan becomes input.
    public var preparation: Preparation
    /// How the network is trained.
    public var training: TrainingPlan
    /// Size of the windows in which the network sees a scan; nil for the whole scan, as far as memory allows.
    public var window: PatchSize?

    /// A plan for `structures`. Whether it is valid is for `validate` to say, which everything that uses a plan asks.
    public init(
        structures: [Structure], network: NetworkConfiguration, preparation: Preparation = Preparation(),
        training: TrainingPlan = TrainingPlan()
    ) {
        self.structures = structures
        self.network = network
        self.preparation = preparation
        self.training = training
    }

    /// Output channels for `structures`: one where there is one structure (sigmoid), else one more for background
    /// (softmax).
    public static func outputChannels(for structures: [Structure]) -> Int {
        structures.count == 1 ? 1 : structures.count + 1
    }

    /// The class of each label value: 0 for background and for values that name no structure of the plan.
    package var classOfLabel: [UInt8] {
        var table = [UInt8](repeating: 0, count: 256)
        for (index, structure) in structures.enumerated() { table[Int(structure.label)] = UInt8(index + 1) }
        return table
    }

    /// The label value of each class, background first.
    package var labelOfClass: [UInt8] { [0] + structures.map(\.label) }
}
