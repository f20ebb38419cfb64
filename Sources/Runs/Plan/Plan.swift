import Datasets
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

/// How a network is trained; part of a `Plan`.
public struct TrainingPlan: Encodable, Sendable, Equatable {
    /// What is minimized.
    public var loss: SegmentationLoss = .both
    /// Passes over the training slices, or over the training volumes in 3D.
    public var epochs = 18
    /// Patches in a batch.
    public var batchSize = 8
    /// Steps of an epoch; nil is one pass over the data.
    public var stepsPerEpoch: Int?
    /// Pixels of the patches cut out of scans, at the spacing of the preparation: what goes into the network.
    public var patch = PatchSize(width: 160, height: 160)
    /// What follows the gradient.
    public var optimizer = OptimizerChoice.adamW
    /// Step size at the start; it falls to 0 along half a cosine over the whole training.
    public var learningRate = 2e-3
    /// Fraction of a weight taken off per step, times the step size (AdamW); added to the gradient in SGD.
    public var weightDecay = 1e-2
    /// Share of the step before that goes into the next one (SGD).
    public var momentum = 0.99
    /// How samples are varied.
    public var augmentation = Augmentation()
    /// Share of the samples whose middle lies near that of the structures; the others lie anywhere.
    public var foregroundShare = 0.0
    /// Weights of pixels between cells; nil weighs all alike.
    public var borderWeights: BorderWeights?
    /// Whether the labels numbered objects (`Dataset.hasInstances`), which border weights tell apart; nil in plans that
    /// have not been started, or by an older program.
    public var instances: Bool?
    /// Whether to train, voxel by voxel, on labels and channels that definitely lie elsewhere than their image by their
    /// headers; they are refused otherwise.
    public var allowsMisplaced = false
    /// Cardiac phases trained on.
    public var phases = PhaseSelection.both
    /// The fold held out for validation, from 0; nil trains on all patients, or on all but `holdOut`.
    public var fold: Int? = 0
    /// Number of folds.
    public var foldCount = 5
    /// Patients or images held out by name instead of a fold; empty for none.
    public var holdOut: [String] = []
    /// Seed of weights, order and augmentation.
    public var seed: UInt64 = 1
    /// Threads of the CPU; results repeat bit for bit at one count.
    public var threads = 2
    /// What computes convolutions on the CPU.
    public var kernels = KernelChoice.native

    /// A plan with the defaults, which suit short-axis cardiac MRI.
    public init() {}

    /// Takes the step size and weight decay that suit the optimizer. Momentum near 1 makes steps some hundred times longer
    /// than the gradient.
    mutating func takeUsualSteps(_ architecture: Architecture) {
        (learningRate, weightDecay) =
            optimizer == .sgd ? (1e-3, 0) : (architecture == .classic ? 5e-4 : 2e-3, 1e-2)
    }
}

/// What follows the gradient.
public enum OptimizerChoice: String, Sendable, Codable, CaseIterable {
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    case adamW = "adamw"
    /// Stochastic gradient descent with momentum, as in the paper of 2015.
    case sgd
}

/// What computes convolutions, norms and pooling on the CPU.
public enum KernelChoice: String, Sendable, Codable, CaseIterable {
    /// This project's own SIMD kernels, wherever they are made for the shape.
    case native
    /// libtorch's alone.
    case libtorch
}

extension Plan {
    /// Refuses to go on with a dataset that describes its labels otherwise than the plan: they would be taken by their
    /// numbers. Where the structures were stated, or nobody has described them, there is nothing to compare.
    ///
    /// - Parameter run: the run's folder, for errors.
    /// - Throws: `SegmentationError.planDiffers`.
    package func checkStructures(of dataset: Dataset, run: String) throws(SegmentationError) {
        guard dataset.naming == .described, Set(dataset.structures) != Set(structures) else { return }
        throw .planDiffers(
            path: run, setting: .of(\.structures), planned: structures.text, given: dataset.structures.text)
    }
}
