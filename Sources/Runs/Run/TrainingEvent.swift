import Datasets
import Foundation
import Scans
import UNetDesign

/// Progress events of a training run.
public enum TrainingEvent: Sendable {
    /// The data are prepared and training starts, with the number of samples in a pass (slices, or volumes in 3D), of
    /// held-out cases, and of trainable parameters of the network.
    case started(samples: Int, dimensions: Dimensions, heldOut: Int, parameters: Int)
    /// The folder holds the plan of a run that has not finished an epoch; the run is started anew with the given plan.
    case startedAnew(path: String)
    /// The file system of the run folder has no locks, so nothing prevents a second training run in it.
    case cannotLock(path: String)
    /// The run resumes after `epochsDone` epochs and `steps` steps of the next one.
    case resumed(epochsDone: Int, steps: Int)
    /// The run was started with a different number of threads, and its kernels give other last bits with another one.
    case threadsChanged(from: Int, to: Int)
    /// A case was skipped, with the error.
    case skipped(case: String, any Error)
    /// Labels or channels whose headers place them elsewhere than their image are trained on anyway.
    case misplaced([Misplacement])
    /// Label files name their labels differently from the dataset's structures, which were stated and are trained on.
    case namesOverruled([OtherNames])
    /// The anatomy contradicts the names of the labels and suggests its `likelyNames`.
    case namesLookSwapped(Anatomy)
    /// A training case and a held-out case have exactly the same image.
    case sameImage(training: String, heldOut: String)
    /// This many epochs fit into the training's budget.
    case budgeted(epochs: Int, secondsPerEpoch: Double)
    /// A step is done: step `step` of `steps` in epoch `epoch` (from 1) of `epochs`, with its loss.
    case step(epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double)
    /// An epoch, the last row of the log, is done and written to disk.
    case epoch(TrainingLog, epochs: Int)
    /// `curves.svg` could not be written; the training goes on.
    case curvesNotWritten(any Error)
    /// The training has ended: the last event.
    case finished(TrainingSummary)
}

/// The summary of a finished run: `summary.json`.
public struct TrainingSummary: Codable, Sendable, Equatable {
    /// The number of epochs trained.
    public var epochs: Int
    /// The number of slices seen in all epochs.
    public var slices: Int
    /// Seconds of training steps over all epochs, excluding validation and loading.
    public var trainingSeconds: Double
    /// Total seconds from the start, or from resuming, to the end.
    public var seconds: Double
    /// Validation Dice of each structure after the last epoch; empty if no patients were held out.
    public var finalDice: [String: Double]
    /// Mean of the final Dice values.
    public var finalMeanDice: Double?
    /// The best mean Dice of any epoch.
    public var bestMeanDice: Double?
    /// The device.
    public var device: String
    /// The number of CPU threads.
    public var threads: Int
    /// The version of libtorch.
    public var libtorch: String

    package init(_ log: TrainingLog, plan: Plan, device: String, libtorch: String, seconds: Double) {
        epochs = log.rows.count
        slices = log.rows.reduce(0) { $0 + $1.slices }
        trainingSeconds = log.rows.reduce(0) { $0 + $1.seconds }
        self.seconds = seconds
        let last = log.rows.last
        finalDice = Dictionary(
            uniqueKeysWithValues: zip(plan.structures, last?.validationDice ?? []).compactMap {
                structure, dice in
                dice.map { (structure.name, $0) }
            })
        finalMeanDice = last?.meanDice
        bestMeanDice = log.rows.compactMap(\.meanDice).max()
        self.device = device
        threads = plan.training.threads
        self.libtorch = libtorch
    }
}
