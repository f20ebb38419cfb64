import Datasets
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
    /// A training was asked to stop; see `TrainingJob.shouldStop`.
    case stopped
    /// There is no run to resume.
    case noRun(path: String)
    /// There is neither a run folder nor a weights file.
    case noModel(path: String)
    /// A run was started with another setting than it is to be resumed with.
    case planDiffers(path: String, setting: String, planned: String, given: String)
    /// A run was started with patients that the dataset given does not have.
    case patientsGone(path: String, patients: [String])
    /// A file of a run or model cannot be read or understood.
    case unreadable(path: String, reason: String)
    /// A weights file that holds no plan, with none beside it.
    case noPlan(path: String)
    /// A run that has not written these weights; the best ones need held-out patients.
    case noWeights(path: String, isBest: Bool)
    /// No case of the data can be trained on.
    case nothingToTrain(path: String, reason: String)
    /// Labels that the dataset's description does not name, in the first and in `others` more files.
    case unknownLabels(reason: DatasetError, others: Int)
    /// Labels or channels that definitely lie elsewhere than their image: the first, and how many more files.
    case misplaced(first: Misplacement, others: Int)
    /// Fewer patients than folds.
    case tooFewPatients(path: String, found: Int, folds: Int)
    /// A fold that the plan does not have.
    case noSuchFold(fold: Int, count: Int)
    /// Patients or images to hold out that the dataset does not have, and those of its names that are most like them.
    case nobodyCalled(path: String, names: [String], nearest: [String])
    /// Phases were chosen and no case has one of them; `known` are those that cases have.
    case noCaseOfPhase(path: String, chosen: PhaseSelection, known: [Phase])
    /// A setting whose value is not valid; `rule` says which values are.
    case badSetting(name: String, value: String, rule: String)
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
    case badManifest(path: String, reason: String)
    /// A folder of predictions whose labels are other structures than those to be predicted into it.
    case otherStructures(path: String, found: [Structure], expected: [Structure])
    /// Predictions whose structures have no name in common with the reference's in `truth`.
    case noCommonStructure(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// Probabilities to be scored as membranes whose structures have no name in common with the one in `truth`.
    case otherCells(path: String, predicted: [Structure], truth: String, known: [Structure])
    /// Two predictions, by their files, of different structures.
    case predictionsDiffer(first: String, structures: [Structure], second: String, others: [Structure])
    /// A folder with no prediction, or none that fits the truth.
    case nothingToEvaluate(path: String, reason: String)
    /// A scan that would take more memory than `Limits.bytes`, in most cases because its header gives wrong millimeters.
    case tooLarge(path: String, demand: ScanDemand)
    /// The folder for results cannot be made.
    case outputFolder(path: String, reason: String)
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
    /// A network with other channels than its plan has; `setting` is `input channels` or `output channels`.
    case planMisfits(model: String, setting: String, planned: Int, found: Int)
}
