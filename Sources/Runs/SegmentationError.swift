import Datasets
import Files
import Foundation
import Imaging
import Scans
import UNetDesign

/// What can go wrong between data and results.
public enum SegmentationError: Error, Equatable {
    /// A run lies in the output folder already.
    case runExists(path: String)
    /// Results of a run whose plan is gone lie in the output folder, such as trained weights.
    case resultsInPlace(path: String)
    /// Another training runs in the output folder.
    case runLocked(path: String)
    /// A training whose task was canceled.
    case stopped
    /// Not one epoch, which takes `epoch` seconds on this machine, fits into a budget of `seconds`.
    case shortBudget(seconds: Double, epoch: Double)
    /// There is no run to resume.
    case noRun(path: String)
    /// There is neither a run folder nor a weights file.
    case noModel(path: String)
    /// A run was started with another setting than it is to be resumed with.
    case planDiffers(path: String, setting: PlanSetting, planned: String, given: String)
    /// A run was started with patients that the dataset given does not have.
    case patientsGone(path: String, patients: [String])
    /// A file of a run or model cannot be read or understood.
    case unreadable(path: String, UnderlyingError)
    /// The plan that a weights file carries cannot be understood, or is not valid.
    case badPlan(path: String, UnderlyingError)
    /// A weights file that holds no plan, with none beside it.
    case noPlan(path: String)
    /// A run that has not written these weights; the best ones need held-out patients.
    case noWeights(path: String, isBest: Bool)
    /// No case of the data can be trained on.
    case nothingToTrain(path: String, TrainingGap)
    /// A case without ground truth, which cannot be trained on or scored.
    case noReference(path: String)
    /// Labels that the dataset's description does not name, in the first and in `others` more files.
    case unknownLabels(DatasetError, others: Int)
    /// Labels or channels that definitely lie elsewhere than their image: the first, and how many more files.
    case misplaced(first: Misplacement, others: Int)
    /// Fewer patients than folds.
    case tooFewPatients(path: String, found: Int, folds: Int)
    /// A fold that the plan does not have.
    case noSuchFold(fold: Int, count: Int)
    /// Patients or images to hold out that the dataset does not have, and those of its names that are most like them.
    case unknownPatients(path: String, names: [String], nearest: [String])
    /// Splits, of a file, that name patients whom the dataset does not have, or one twice, or none to train on.
    case badSplits(path: String, SplitsProblem)
    /// Phases were chosen and no case has one of them; `known` are those that cases have.
    case noCaseOfPhase(path: String, chosen: PhaseSelection, known: [Phase])
    /// A plan's structures or channels that are not those of the dataset to be trained on.
    case planOfOtherData(path: String, setting: PlanSetting, planned: String, found: String)
    /// A setting whose value is not valid; `rule` says which values are.
    case badSetting(PlanSetting, value: String, rule: SettingRule)
    /// A network that cannot be made, such as one that is too large.
    case network(NetworkError)
    /// The loss is no longer a number.
    case diverged(epoch: Int, step: Int)
    /// The models of an ensemble do not segment the same structures; each is its name with its structures.
    case modelsDisagree(first: String, second: String)
    /// There is no file or folder to predict.
    case noInput(path: String)
    /// Inputs with no image among them.
    case nothingToPredict(path: String)
    /// Two inputs that would be written to one file.
    case sameOutput(path: String, first: String, second: String)
    /// Two inputs with frames of one name.
    case sameFrame(name: String, first: String, second: String)
    /// Runs, several, that have no patient of a side of their splits in common.
    case nobodyInAllSplits(runs: [String], side: Splits.Side)
    /// A dataset of which the choice of a split or of phases leaves nothing.
    case nothingChosen(path: String)
    /// A frame that the file does not have, both counted from 1.
    case noSuchFrame(path: String, frame: Int, count: Int)
    /// A `predictions.json` that cannot be understood.
    case badManifest(path: String, UnderlyingError)
    /// A folder of predictions whose labels are other structures than those to be predicted into it.
    case otherStructures(path: String, found: [Structure], expected: [Structure])
    /// Predictions whose structures have no name in common with the reference's in `truth`.
    case noCommonStructure(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// Probabilities to be scored as membranes whose structures have no name in common with the one in `truth`.
    case otherCells(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// Two predictions, by their files, of different structures.
    case predictionsDiffer(first: String, structures: [Structure], second: String, others: [Structure])
    /// A folder with no prediction, or none that fits the truth; or a file that cannot be scored.
    case nothingToEvaluate(path: String, EvaluationGap)
    /// A scan that would take more memory than `Limits.bytes`, in most cases because its header gives wrong millimeters.
    case tooLarge(path: String, demand: ScanDemand)
    /// The folder for results cannot be made.
    case outputFolder(path: String, FileError)
    /// Probabilities of a whole series were asked for; they go into the file's fourth dimension, which time has.
    case probabilitiesOfSeries(path: String, frames: Int)
    /// A scan has other than the network's input channels.
    case channels(path: String, expected: Int, found: Int)
    /// Nothing to predict with.
    case noModels
    /// A scan with other than its grid's number of voxels.
    case voxels(path: String, expected: Int, found: Int)
    /// Probabilities of other classes than the network's; background is one.
    case classes(expected: Int, found: Int)
    /// A network with other channels than its plan has.
    case planMisfits(model: String, setting: PlanSetting, planned: Int, found: Int)
}

/// Why there is nothing to train on.
public enum TrainingGap: Sendable, Equatable {
    /// No label occurs in any ground truth.
    case noLabel
    /// None of the images can be read.
    case noReadableImage
    /// None of the training patients has a case with ground truth that can be read.
    case noReadableCase
}

/// Why there is nothing to score.
public enum EvaluationGap: Sendable, Equatable {
    /// The folder cannot be listed.
    case notAFolder
    /// The folder holds no prediction.
    case noPrediction
    /// None of the predictions has labels in the dataset.
    case unlabeled(UnlabeledPredictions)
    /// The folder holds NIfTI files only, and the dataset pictures.
    case onlyNIfTI
    /// The folder holds pictures only, and the dataset NIfTI files.
    case onlyPictures
    /// The file has values above 255.
    case valuesAboveLabels
    /// The file of probabilities has colors.
    case coloredProbabilities
    /// The file has other than a page for each class.
    case pages(found: Int, classes: Int)
    /// The file has a value, stored as a float, that is no probability.
    case noProbability(Float)
    /// The file stores values as a type that probabilities do not have.
    case storedAs(String)
    /// Membranes lie between cells of one structure, and the dataset has other than one.
    case severalStructures(Int)
    /// The labels number cells that touch.
    case touchingCells
    /// The probabilities of a case are those of several classes.
    case severalClasses(Int, case: String)
    /// The folder holds no probabilities of the dataset's cases.
    case noProbabilities
}

/// What is wrong with splits in a file.
public enum SplitsProblem: Sendable, Equatable {
    /// Names that the dataset does not have, and those of its names that are most like the first.
    case unknown(names: [String], dataset: String, nearest: [String])
    /// A name that is listed twice, so that it would be trained on and held out, or counted twice.
    case repeated(name: String)
    /// Nobody is left to train on.
    case nobody
}

/// An error that led to another one.
public struct UnderlyingError: Error, Equatable, CustomStringConvertible {
    /// The error itself.
    public let error: any Error

    /// Keeps `error`.
    public init(_ error: any Error) { self.error = error }

    /// What happened, in the middle of a sentence.
    public var description: String {
        switch error {
        case let error as DecodingError: error.reason
        case let error as FileError: error.system
        case let error as SegmentationError: error.description
        default: String(describing: error)
        }
    }

    /// Whether both say the same.
    public static func == (one: Self, other: Self) -> Bool {
        type(of: one.error) == type(of: other.error) && one.description == other.description
    }
}
