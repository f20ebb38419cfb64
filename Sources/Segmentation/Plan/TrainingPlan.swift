import Datasets
import Networks
import Torch

/// How a network is trained; part of a `Plan`.
public struct TrainingPlan: Codable, Sendable, Equatable {
    /// What is minimised.
    public var loss: SegmentationLoss = .both
    /// Passes over the training slices.
    public var epochs = 18
    /// Slices in a batch.
    public var batchSize = 8
    /// Pixels of the patches cut out of slices, at the spacing of the preparation.
    public var patch = PatchSize(width: 160, height: 160)
    /// Step size at the start; it falls to 0 along half a cosine over the whole training.
    public var learningRate = 2e-3
    /// Fraction of a weight taken off per step, times the step size (AdamW).
    public var weightDecay = 1e-2
    /// How samples are varied.
    public var augmentation = Augmentation()
    /// Cardiac phases trained on.
    public var phases = PhaseSelection.both
    /// The fold held out for validation, from 0; nil trains on all patients.
    public var fold: Int? = 0
    /// Number of folds.
    public var foldCount = 5
    /// Seed of weights, order and augmentation.
    public var seed: UInt64 = 1
    /// Threads of the CPU; results repeat bit for bit at one count.
    public var threads = 2

    /// What computes convolutions on the CPU.
    public var kernels = Kernels.native

    /// A plan with the defaults, which suit short-axis cardiac MRI.
    public init() {}
}

/// Width and height in pixels.
public struct PatchSize: Codable, Sendable, Equatable {
    /// Pixels along x.
    public var width: Int
    /// Pixels along y.
    public var height: Int

    /// A patch of `width` × `height` pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
