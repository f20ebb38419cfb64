import Datasets
import Foundation
import Scans
import UNetDesign

/// Progress events of a training run.
public enum TrainingEvent: Sendable {
    /// Data are prepared and training starts: samples of a pass (slices, or volumes in 3D), held-out cases, trained
    /// values of the network.
    case started(samples: Int, dimensions: Dimensions, heldOut: Int, parameters: Int)
    /// The folder holds the plan of a run that has not finished an epoch; it is started anew with the plan given.
    case startedAnew(path: String)
    /// The file system of the run folder has no locks, so that nothing keeps a second training out of it.
    case cannotLock(path: String)
    /// The run goes on after `epochsDone` epochs and `steps` steps of the next one.
    case resumed(epochsDone: Int, steps: Int)
    /// The run was made with another number of threads, so its results will differ in the last bits.
    case threadsChanged(from: Int, to: Int)
    /// A case was left out, and why.
    case skipped(case: String, any Error)
    /// Labels or channels that by their headers lie elsewhere than their image, and are trained on all the same.
    case misplaced([Misplacement])
    /// Label files that name their labels otherwise than the dataset's structures, which were stated and are trained on.
    case namesOverruled([OtherNames])
    /// The anatomy contradicts the names of the labels; `likelyNames` are those that it suggests.
    case namesLookSwapped(Anatomy)
    /// A training and a held-out case have exactly the same image.
    case sameImage(training: String, heldOut: String)
    /// So many epochs fit into the time that the training may take.
    case budgeted(epochs: Int, secondsPerEpoch: Double)
    /// A step is done: `step` of `steps` in `epoch` (from 1) of `epochs`, with its loss.
    case step(epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double)
    /// An epoch is done and written to disk: the last row of the log.
    case epoch(TrainingLog, epochs: Int)
    /// `curves.svg` could not be written; the training goes on.
    case curvesNotWritten(any Error)
    /// The training has ended: the last event.
    case finished(TrainingSummary)
}

/// How a run ended: `summary.json`.
public struct TrainingSummary: Codable, Sendable, Equatable {
    /// Epochs trained.
    public var epochs: Int
    /// Slices seen in all epochs.
    public var slices: Int
    /// Seconds of training steps over all epochs, validation and loading left out.
    public var trainingSeconds: Double
    /// Seconds from start, or from the resumption, to the end, with everything.
    public var seconds: Double
    /// Validation Dice of each structure after the last epoch; empty where none was held out.
    public var finalDice: [String: Double]
    /// Mean of those.
    public var finalMeanDice: Double?
    /// The best mean over all epochs.
    public var bestMeanDice: Double?
    /// The device.
    public var device: String
    /// Threads of the CPU.
    public var threads: Int
    /// libtorch's version.
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
