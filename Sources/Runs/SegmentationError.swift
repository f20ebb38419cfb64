import Datasets
import Files
import Foundation
import Imaging
import Scans
import UNetDesign

/// An error in training, prediction, or evaluation.
public enum SegmentationError: Error, Equatable {
    /// The output folder already contains a run.
    case runExists(path: String)
    /// The output folder contains results, such as trained weights, of a run whose plan is missing.
    case resultsInPlace(path: String)
    /// Another training run is using the output folder.
    case runLocked(path: String)
    /// The task of the training was canceled.
    case stopped
    /// A network that was not trained on mirrored samples, which must not predict mirrored ones.
    case notMirrored(model: String)
    /// Not one epoch, which takes `epoch` seconds on this machine, fits into a budget of `seconds`.
    case shortBudget(seconds: Double, epoch: Double)
    /// There is no run to resume.
    case noRun(path: String)
    /// There is neither a run folder nor a weights file.
    case noModel(path: String)
    /// A run was started with a different setting than the one given to resume it.
    case planDiffers(path: String, setting: PlanSetting, planned: String, given: String)
    /// A run was started with patients that the given dataset does not have.
    case patientsGone(path: String, patients: [String])
    /// A file of a run or model cannot be read or understood.
    case unreadable(path: String, UnderlyingError)
    /// The plan that a weights file carries cannot be understood, or is not valid.
    case badPlan(path: String, UnderlyingError)
    /// A weights file contains no plan and has none beside it.
    case noPlan(path: String)
    /// A run has not written these weights; the best ones require held-out patients.
    case noWeights(path: String, isBest: Bool)
    /// No case of the data can be trained on.
    case nothingToTrain(path: String, TrainingGap)
    /// A case has no ground truth, so it cannot be trained on or scored.
    case noReference(path: String)
    /// Labels are missing from the dataset's description: the error of the first file and the number of other files.
    case unknownLabels(DatasetError, others: Int)
    /// Labels or channels definitely lie elsewhere than their image: the first, and the number of other files.
    case misplaced(first: Misplacement, others: Int)
    /// There are fewer patients than folds.
    case tooFewPatients(path: String, found: Int, folds: Int)
    /// The plan does not have the fold.
    case noSuchFold(fold: Int, count: Int)
    /// The dataset does not have patients or images to hold out; `nearest` are the most similar names that it has.
    case unknownPatients(path: String, names: [String], nearest: [String])
    /// The splits in a file name patients that the dataset does not have, name one twice, or leave none to train on.
    case badSplits(path: String, SplitsProblem)
    /// No case has one of the chosen phases; `known` are those that cases have.
    case noCaseOfPhase(path: String, chosen: PhaseSelection, known: [Phase])
    /// The plan's structures or channels are not those of the dataset to train on.
    case planOfOtherData(path: String, setting: PlanSetting, planned: String, found: String)
    /// The value of a setting is not valid; `rule` describes the values that are.
    case badSetting(PlanSetting, value: String, rule: SettingRule)
    /// The network cannot be built, for example because it is too large.
    case network(NetworkError)
    /// The loss is no longer a number.
    case diverged(epoch: Int, step: Int)
    /// The models of an ensemble do not segment the same structures; each is given by its name and structures.
    case modelsDisagree(first: String, second: String)
    /// There is no file or folder to predict.
    case noInput(path: String)
    /// There is no image among the inputs.
    case nothingToPredict(path: String)
    /// Two inputs would be written to the same file.
    case sameOutput(path: String, first: String, second: String)
    /// Two inputs have frames of the same name.
    case sameFrame(name: String, first: String, second: String)
    /// Several runs have no patient in common on one side of their splits.
    case nobodyInAllSplits(runs: [String], side: Splits.Side)
    /// The selected split or phases leave nothing of the dataset.
    case nothingChosen(path: String)
    /// The file does not have the frame, which counts from 1.
    case noSuchFrame(path: String, frame: Int, count: Int)
    /// A `predictions.json` cannot be understood.
    case badManifest(path: String, UnderlyingError)
    /// The output folder has predictions of other structures than those to be predicted.
    case otherStructures(path: String, found: [Structure], expected: [Structure])
    /// The structures of the predictions have no name in common with those of the reference in `truth`.
    case noCommonStructure(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// The structures of the probabilities to be scored as membranes do not include the one in `truth`.
    case otherCells(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// Two predictions, given by their files, are of different structures.
    case predictionsDiffer(first: String, structures: [Structure], second: String, others: [Structure])
    /// A folder has no prediction that fits the truth, or a file cannot be scored.
    case nothingToEvaluate(path: String, EvaluationGap)
    /// A scan would take more memory than `Limits.bytes`, usually because its header states wrong millimeters.
    case tooLarge(path: String, demand: ScanDemand)
    /// The output folder cannot be created.
    case outputFolder(path: String, FileError)
    /// Probabilities of a whole series were requested; they would need the file's fourth dimension, which time
    /// occupies.
    case probabilitiesOfSeries(path: String, frames: Int)
    /// A scan does not have as many channels as the network's input.
    case channels(path: String, expected: Int, found: Int)
    /// There are no models to predict with.
    case noModels
    /// The number of a scan's voxels does not match its grid.
    case voxels(path: String, expected: Int, found: Int)
    /// The number of classes, including background, does not match the network's.
    case classes(expected: Int, found: Int)
    /// A network does not have the number of channels in its plan.
    case planMisfits(model: String, setting: PlanSetting, planned: Int, found: Int)
}

/// A reason why there is nothing to train on.
public enum TrainingGap: Sendable, Equatable {
    /// No label occurs in any ground truth.
    case noLabel
    /// None of the images can be read.
    case noReadableImage
    /// None of the training patients has a readable case with ground truth.
    case noReadableCase
}

/// A reason why there is nothing to score.
public enum EvaluationGap: Sendable, Equatable {
    /// The folder cannot be listed.
    case notAFolder
    /// The folder contains no prediction.
    case noPrediction
    /// None of the predictions has labels in the dataset.
    case unlabeled(UnlabeledPredictions)
    /// The folder contains only NIfTI files, but the dataset contains pictures.
    case onlyNIfTI
    /// The folder contains only pictures, but the dataset contains NIfTI files.
    case onlyPictures
    /// The file has values above 255.
    case valuesAboveLabels
    /// The file of probabilities is in color.
    case coloredProbabilities
    /// The file does not have a page for each class.
    case pages(found: Int, classes: Int)
    /// The file has a floating-point value that is not a probability.
    case noProbability(Float)
    /// The file stores values in a type that is not used for probabilities.
    case storedAs(String)
    /// Membranes lie between cells of one structure, but the dataset has another number of structures.
    case severalStructures(Int)
    /// The labels number touching cells.
    case touchingCells
    /// The probabilities of a case are of several classes.
    case severalClasses(Int, case: String)
    /// The folder contains no probabilities of the dataset's cases.
    case noProbabilities
}

/// A problem with the splits in a file.
public enum SplitsProblem: Sendable, Equatable {
    /// Names that the dataset does not have, and those of its names that are most similar to the first.
    case unknown(names: [String], dataset: String, nearest: [String])
    /// A name that is listed twice, so it would be both trained on and held out, or counted twice.
    case repeated(name: String)
    /// No patient to train on.
    case nobody
}

/// The underlying cause of another error.
public struct UnderlyingError: Error, Equatable, CustomStringConvertible {
    /// The error itself.
    public let error: any Error

    /// Wraps `error`.
    public init(_ error: any Error) { self.error = error }

    /// What happened, as a clause.
    public var description: String {
        switch error {
        case let error as DecodingError: error.reason
        case let error as FileError: error.system
        case let error as SegmentationError: error.description
        default: String(describing: error)
        }
    }

    /// Returns whether both have the same type and description.
    public static func == (one: Self, other: Self) -> Bool {
        type(of: one.error) == type(of: other.error) && one.description == other.description
    }
}
