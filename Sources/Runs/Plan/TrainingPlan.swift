import Datasets
import Imaging
import UNetDesign

/// How a network is trained; part of a `Plan`.
public struct TrainingPlan: Codable, Sendable, Equatable {
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
    /// Weights of pixels between cells; nil weighs all alike.
    public var borderWeights: BorderWeights?
    /// Whether the labels numbered objects (`DataSet.hasInstances`), which border weights tell apart; nil in plans that
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

    /// Reads a plan; settings that older plans do not have are those the older program trained with.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        loss = try container.decode(SegmentationLoss.self, forKey: .loss)
        epochs = try container.decode(Int.self, forKey: .epochs)
        batchSize = try container.decode(Int.self, forKey: .batchSize)
        stepsPerEpoch = try container.decodeIfPresent(Int.self, forKey: .stepsPerEpoch)
        patch = try container.decode(PatchSize.self, forKey: .patch)
        optimizer = try container.decodeIfPresent(OptimizerChoice.self, forKey: .optimizer) ?? .adamW
        learningRate = try container.decode(Double.self, forKey: .learningRate)
        weightDecay = try container.decode(Double.self, forKey: .weightDecay)
        momentum = try container.decodeIfPresent(Double.self, forKey: .momentum) ?? 0.99
        augmentation = try container.decode(Augmentation.self, forKey: .augmentation)
        borderWeights = try container.decodeIfPresent(BorderWeights.self, forKey: .borderWeights)
        instances = try container.decodeIfPresent(Bool.self, forKey: .instances)
        allowsMisplaced = try container.decodeIfPresent(Bool.self, forKey: .allowsMisplaced) ?? true
        phases = try container.decode(PhaseSelection.self, forKey: .phases)
        fold = try container.decodeIfPresent(Int.self, forKey: .fold)
        foldCount = try container.decode(Int.self, forKey: .foldCount)
        holdOut = try container.decodeIfPresent([String].self, forKey: .holdOut) ?? []
        seed = try container.decode(UInt64.self, forKey: .seed)
        threads = try container.decode(Int.self, forKey: .threads)
        kernels = try container.decode(KernelChoice.self, forKey: .kernels)
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
