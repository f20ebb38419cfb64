import Datasets
import Foundation
import Imaging
import UNetDesign

/// Everything needed to prepare a scan and to rebuild the network: `plan.json` of a run.
public struct Plan: Encodable, Sendable, Equatable {
    /// The version of the format.
    public var formatVersion = 1
    /// The network.
    public var network: NetworkConfiguration
    /// The structures, in the order of the network's channels. Channel 0 is background, except that the channel of a
    /// one-channel network is its only structure.
    public var structures: [Structure]
    /// The preparation of scans as input.
    public var preparation: Preparation
    /// The training of the network.
    public var training: TrainingPlan
    /// The size of the windows in which the network sees a scan; nil for the whole scan, as far as memory allows.
    public var window: PatchSize?

    /// Creates a plan for `structures` without validating it. Everything that uses a plan calls `validate` first.
    public init(
        structures: [Structure], network: NetworkConfiguration, preparation: Preparation = Preparation(),
        training: TrainingPlan = TrainingPlan()
    ) {
        self.structures = structures
        self.network = network
        self.preparation = preparation
        self.training = training
    }

    /// Returns the number of output channels for `structures`: one for a single structure (sigmoid), otherwise one more
    /// than structures, for background (softmax).
    public static func outputChannels(for structures: [Structure]) -> Int {
        structures.count == 1 ? 1 : structures.count + 1
    }

    /// The class of each label value: 0 for background and for values that belong to no structure of the plan.
    package var classOfLabel: [UInt8] {
        var table = [UInt8](repeating: 0, count: 256)
        for (index, structure) in structures.enumerated() { table[Int(structure.label)] = UInt8(index + 1) }
        return table
    }

    /// The label value of each class, background first.
    package var labelOfClass: [UInt8] { [0] + structures.map(\.label) }
}

extension Plan {
    /// Refuses to resume with a dataset that describes its labels differently from the plan, since they would be
    /// matched by number. Stated or undescribed structures are not compared.
    ///
    /// - Parameter run: the run's folder, for errors.
    /// - Throws: `SegmentationError.planDiffers`.
    package func checkStructures(of dataset: Dataset, run: String) throws(SegmentationError) {
        guard dataset.naming == .described, Set(dataset.structures) != Set(structures) else { return }
        throw .planDiffers(
            path: run, setting: .of(\.structures), planned: structures.text, given: dataset.structures.text)
    }
}

/// The training settings of a `Plan`.
public struct TrainingPlan: Encodable, Sendable, Equatable {
    /// The preset that the settings were taken from; nil for none.
    public var recipe: Recipe?
    /// The loss to minimize.
    public var loss: SegmentationLoss = .both
    /// The number of passes over the training slices, or over the training volumes in 3D.
    public var epochs = 18
    /// The number of patches in a batch.
    public var batchSize = 8
    /// The number of steps in an epoch; nil for one pass over the data.
    public var stepsPerEpoch: Int?
    /// The size of the patches cut out of scans as network input, in pixels of the preparation's spacing.
    public var patch = PatchSize(width: 160, height: 160)
    /// The optimizer.
    public var optimizer = OptimizerChoice.adamW
    /// The step size at the start, or after the warm-up; it falls to 0 as `schedule` says.
    public var learningRate = 2e-3
    /// The weight decay: with AdamW, the fraction of a weight subtracted per step, times the step size; with SGD, the
    /// fraction added to the gradient.
    public var weightDecay = 1e-2
    /// The fraction of the previous step that carries over to the next (SGD).
    public var momentum = 0.99
    /// Whether SGD looks ahead along its momentum (Nesterov).
    public var nesterov = false
    /// How the step size falls over the training.
    public var schedule = LearningRateSchedule.cosine
    /// Epochs, part of `epochs`, over which the step size rises evenly to `learningRate` at the start.
    public var warmUp = 0.0
    /// The largest norm of the gradient of all parameters together, to which longer ones are scaled; nil for no limit.
    public var gradientNorm: Double?
    /// Epochs from one validation to the next; the last epoch is always validated.
    public var validationInterval = 1
    /// The decay per step of the moving average of the weights that is kept and scored in their place; 0 for none.
    public var weightAveraging = 0.0
    /// The augmentation of samples.
    public var augmentation = Augmentation()
    /// The share of the samples whose middle lies near that of the structures; the others lie anywhere.
    public var foregroundShare = 0.0
    /// Weights of pixels between cells; nil weights all pixels equally.
    public var borderWeights: BorderWeights?
    /// Whether the labels numbered objects (`Dataset.hasInstances`), which border weights tell apart; nil in plans of
    /// runs that have not started or that an older version started.
    public var instances: Bool?
    /// The grids of the scans trained on; nil for pictures, and in plans that have not been started or are older.
    public var seen: SeenScans?
    /// Whether to train, voxel by voxel, on labels and channels whose headers definitely place them elsewhere than
    /// their image. Otherwise they are refused.
    public var allowsMisplaced = false
    /// The cardiac phases to train on.
    public var phases = PhaseSelection.both
    /// The fold to hold out for validation, from 0; nil to train on all patients, or on all but `holdOut`.
    public var fold: Int? = 0
    /// The number of folds.
    public var foldCount = 5
    /// Patients or images to hold out by name instead of a fold; empty for none.
    public var holdOut: [String] = []
    /// The seed of weights, order, and augmentation.
    public var seed: UInt64 = 1
    /// The number of CPU threads. With native kernels, every number gives the same weights, bit for bit; with libtorch's,
    /// the same number does.
    public var threads = 2
    /// The CPU kernels.
    public var kernels = KernelChoice.native

    /// Creates a plan with the defaults, which suit short-axis cardiac MRI.
    public init() {}

    /// Sets the step size and weight decay that suit the optimizer. Momentum near 1 makes steps about a hundred times
    /// longer than the gradient.
    mutating func takeUsualSteps(_ architecture: Architecture) {
        (learningRate, weightDecay) =
            optimizer == .sgd ? (1e-3, 0) : (architecture == .classic ? 5e-4 : 2e-3, 1e-2)
    }
}

/// An optimizer.
public enum OptimizerChoice: String, Sendable, Codable, CaseIterable {
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    case adamW = "adamw"
    /// Stochastic gradient descent with momentum, as in the paper of 2015.
    case sgd
}

/// How the step size falls over the training.
public enum LearningRateSchedule: String, Sendable, Codable, CaseIterable {
    /// Half a cosine (Loshchilov and Hutter 2017, without restarts).
    case cosine
    /// (1 − progress)^0.9 (Chen et al., DeepLab, 2018).
    case polynomial
}

extension TrainingPlan {
    /// Whether samples are mirrored often enough along both axes that predictions of mirrored scans can be averaged.
    public var isMirrored: Bool { augmentation.flipProbability >= 0.25 }

    /// Returns whether the held-out cases are scored after epoch `epoch`, counted from 1.
    package func validates(afterEpoch epoch: Int) -> Bool {
        epoch.isMultiple(of: validationInterval) || epoch == epochs
    }

    /// Returns the step size of step `step`, counted from 0, of `steps`.
    ///
    /// - Parameter stepsPerEpoch: The steps of an epoch, in which the warm-up is counted.
    package func learningRate(step: Int, of steps: Int, stepsPerEpoch: Int) -> Double {
        let warm = min(Int((warmUp * Double(stepsPerEpoch)).rounded()), steps - 1)
        guard step >= warm else { return learningRate * Double(step + 1) / Double(warm + 1) }
        let (done, all) = (Double(step - warm), Double(steps - warm))
        switch schedule {
        case .cosine: return learningRate * 0.5 * (1 + cos(.pi * done / all))
        case .polynomial: return learningRate * pow(1 - done / all, 0.9)
        }
    }
}

/// The CPU implementation of convolutions, norms, and pooling.
public enum KernelChoice: String, Sendable, Codable, CaseIterable {
    /// This project's own SIMD kernels, for all shapes that they support.
    case native
    /// libtorch's kernels only.
    case libtorch
}
