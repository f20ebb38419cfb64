import Foundation
import Imaging

extension SegmentationError: CustomStringConvertible, LocalizedError {
    /// A sentence that states what happened and what to do.
    public var description: String { advice.map { "\(fact); \($0)" } ?? fact }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// Returns what happened, without what to do.
    ///
    /// - Parameter naming: returns the name of a setting.
    package func fact(naming: (PlanSetting) -> String) -> String {
        switch self {
        case .runExists(let path): "\(path): already contains a run"
        case .resultsInPlace(let path):
            "\(path): would be overwritten, and its run cannot be resumed without plan.json"
        case .runLocked(let path): "\(path): another training is running in this folder"
        case .stopped: "training was stopped"
        case .notMirrored(let model):
            "\(model): was not trained on mirrored samples, so averaging over mirrored scans would harm it"
        case .shortBudget(let seconds, let epoch):
            "a budget of \(TimeSpan(seconds: seconds)) is too short for one epoch, which takes about \(TimeSpan(seconds: epoch)) on this machine"
        case .noRun(let path): "\(path): contains no run to resume"
        case .noModel(let path): "\(path): is neither a run folder nor a weights file"
        case .planDiffers(let path, let setting, let planned, let given):
            "\(path): the run was started with \(naming(setting)) \(planned) and cannot be resumed with \(given)"
        case .unreadable(let path, let reason): "\(path): cannot be used (\(reason))"
        case .badPlan(let path, let reason): "\(path): cannot be used (its plan: \(reason))"
        case .patientsGone(let path, let patients):
            "\(path): does not contain \(listed(patients)), with which the run was started"
        case .noPlan(let path): "\(path): contains no plan, and there is no plan.json beside it"
        case .noWeights(let path, let isBest):
            "\(path): does not exist\(isBest ? ", because choosing the best weights takes held-out patients" : " yet")"
        case .nothingToTrain(let path, let gap): "\(path): there is nothing to train on, because \(gap)"
        case .noReference(let path): "\(path): has no ground truth"
        case .unknownLabels(let error, let others):
            others == 0
                ? "\(error)" : "\(error) \(others) other label file\(others == 1 ? " is" : "s are") like this"
        case .misplaced(let first, let others):
            others == 0
                ? "\(first)" : "\(first) \(others) other file\(others == 1 ? " is" : "s are") like this"
        case .tooFewPatients(let path, let found, let folds):
            "\(path): contains \(found) distinct patient\(found == 1 ? "" : "s"), too few for \(folds) folds"
        case .noSuchFold(let fold, let count): "there is no fold \(fold); use 0 to \(count - 1)"
        case .unknownPatients(let path, let names, let nearest):
            "\(naming(.of(\.training.holdOut))) \(listed(names)): \(path) has no patient or image with that name; \(closest(nearest))"
        case .badSplits(let path, .unknown(let names, let dataset, let nearest)):
            "\(path): lists \(listed(names)), but \(dataset) has no patient or image with that name; \(closest(nearest))"
        case .badSplits(let path, .repeated(let name)): "\(path): lists \(name) twice"
        case .badSplits(let path, .nobody): "\(path): lists no one to train on"
        case .noCaseOfPhase(let path, let chosen, let known):
            known.isEmpty
                ? "\(path): no case has a known phase, so \(naming(.of(\.training.phases))) \(chosen.rawValue) selects nothing"
                : "\(path): \(naming(.of(\.training.phases))) \(chosen.rawValue) selects no case to train on, because all known phases are \(known.map(\.rawValue).joined(separator: " and "))"
        case .planOfOtherData(let path, let setting, let planned, let found):
            "\(path): the plan has \(naming(setting)) \(planned), but the dataset has \(found)"
        case .badSetting(let setting, let value, let rule):
            "\(naming(setting)) \(value) is not valid; \(rule.text(naming: naming))"
        case .network(let error): error.description
        case .diverged(let epoch, let step): "the loss became infinite or NaN in epoch \(epoch), step \(step)"
        case .modelsDisagree(let first, let second):
            "\(first) and \(second) do not segment the same structures, so they cannot predict together"
        case .noInput(let path): "\(path): does not exist"
        case .nothingToPredict(let path): "\(path): contains no image to segment"
        case .nothingChosen(let path): "\(path): contains no case of that split and those phases"
        case .noSuchFrame(let path, let frame, let count):
            "\(path): has no frame \(frame), only \(count == 1 ? "frame 1" : "frames 1 to \(count)")"
        case .sameOutput(let path, let first, let second):
            "\(path): both \(first) and \(second) would be written to this file"
        case .sameFrame(let name, let first, let second):
            "\(name): is a frame of both \(first) and \(second)"
        case .nobodyInAllSplits(let runs, let side):
            side == .validation
                ? "\(listed(runs)): no patient was held out by all of these runs, so there is none that every model has not seen"
                : "\(listed(runs)): no patient was trained on by all of these runs"
        case .badManifest(let path, let reason): "\(path): cannot be used (\(reason))"
        case .otherStructures(let path, let found, let expected):
            "\(path): contains predictions of \(found.text), but this model predicts \(expected.text)"
        case .noCommonStructure(let path, let predicted, let truth, let known):
            "\(path): the labels are \(predicted.text), but those of \(truth) are \(known.text), with no name in common"
        case .otherCells(let path, let predicted, let truth, let known):
            "\(path): the probabilities are those of \(predicted.text), but the labels of \(truth) are \(known.text)"
        case .predictionsDiffer(let first, let structures, let second, let others):
            "\(second): the labels are \(others.text), but those of \(first) are \(structures.text)"
        case .nothingToEvaluate(let path, let gap): "\(path): \(gap.fact)"
        case .outputFolder(let path, let error): "\(path): cannot be created (\(error.system))"
        case .probabilitiesOfSeries(let path, let frames):
            "\(path): is a series of \(frames) frames, but probabilities can be written for only one"
        case .channels(let path, let expected, let found):
            "\(path): has \(found) channel\(found == 1 ? "" : "s"), but the network was trained on \(expected)"
        case .noModels: "there is no model to predict with"
        case .voxels(let path, let expected, let found):
            "\(path): has \(found) voxel\(found == 1 ? "" : "s"), but its grid has \(expected)"
        case .classes(let expected, let found):
            "the probabilities are those of \(found) class\(found == 1 ? "" : "es"), but the network has \(expected)"
        case .planMisfits(let model, let setting, let planned, let found):
            "\(model): has \(found) \(naming(setting)), but its plan says \(planned)"
        case .tooLarge(let path, let demand): "\(path): \(demand.refusal)"
        }
    }

    private var fact: String { fact(naming: \.name) }

    /// What to do; nil if the fact implies it.
    package var advice: String? {
        switch self {
        case .runExists: "resume it, or choose another folder"
        case .resultsInPlace, .otherStructures, .outputFolder: "choose another folder"
        case .runLocked: "wait until it ends, or choose another folder"
        case .notMirrored: "predict without mirroring"
        case .shortBudget: "allow more time, or use fewer steps per epoch"
        case .stopped: "resume the run to continue after its last checkpoint"
        case .noRun: "start one"
        case .noModel: "specify the folder of a run, or a .safetensors file from it"
        case .planDiffers: "use the same value, or start a new run in another folder"
        case .unreadable, .badPlan: "restore it from a backup, or train again"
        case .patientsGone: "specify the dataset that the run was started with"
        case .noPlan: "specify the run folder, or put the weights back into it"
        case .noWeights(_, let isBest):
            isBest ? "use those of the last epoch" : "train at least one epoch"
        case .nothingToTrain: "check its files"
        case .noReference, .network, .badSetting, .tooLarge, .noSuchFold: nil
        case .unknownLabels(_, let others), .misplaced(_, let others):
            others == 0 ? nil : "an audit lists them"
        case .tooFewPatients: "hold no one out, or add patients"
        case .unknownPatients: "use names that it has"
        case .badSplits(_, let problem):
            switch problem {
            case .unknown: "specify the dataset that the splits were made for"
            case .repeated: "list each name once"
            case .nobody: "list patients or images to train on"
            }
        case .noCaseOfPhase(_, _, let known):
            known.isEmpty
                ? "use both, or state the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
                : "use another phase, or both"
        case .planOfOtherData: "use the plan of a run on such data"
        case .diverged(let epoch, _):
            "\(epoch == 1 ? "train" : "start another run") with a smaller learning rate"
        case .modelsDisagree: "use models that were trained on the same dataset"
        case .noInput: "specify images or folders of images"
        case .nothingToPredict: "specify .nii, .nii.gz, .png, or .tif files, or a folder that contains some"
        case .nothingChosen: "choose others, or specify the dataset that the run was trained on"
        case .noSuchFrame: "choose another frame"
        case .sameOutput: "predict them into different folders"
        case .sameFrame: "rename one of them, or predict them into different folders"
        case .nobodyInAllSplits(_, let side):
            side == .validation
                ? "specify runs that held out the same patients, or predict with each alone"
                : "specify runs that share patients, or predict with each alone"
        case .badManifest: "remove it and predict again"
        case .noCommonStructure: "name the labels of one as the other does"
        case .otherCells: "name the labels as the network does"
        case .predictionsDiffer: "score them in separate folders"
        case .nothingToEvaluate(_, let gap): gap.advice
        case .probabilitiesOfSeries: "choose a frame"
        case .channels: "use images of the kind that it was trained on"
        case .noModels: "specify at least one"
        case .voxels: "provide one value for each voxel"
        case .classes: "use probabilities from the same network"
        case .planMisfits: "use the plan that it was trained with"
        }
    }

    /// Returns the first three names and the number of the others.
    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown), and \(names.count - 3) more" : shown
    }

    private func closest(_ names: [String]) -> String {
        "the closest \(names.count == 1 ? "is" : "are") \(names.joined(separator: ", "))"
    }
}

extension TrainingGap: CustomStringConvertible {
    /// The reason, as a clause.
    public var description: String {
        switch self {
        case .noLabel: "its ground truth contains no labels"
        case .noReadableImage: "none of its images can be read"
        case .noReadableCase: "no training patient has a readable case with ground truth"
        }
    }
}

extension EvaluationGap {
    /// What is wrong, to follow the name of the file or folder.
    fileprivate var fact: String {
        switch self {
        case .notAFolder: "is not a folder that can be read"
        case .noPrediction: "contains no prediction (X_pred.nii.gz or X.nii.gz)"
        case .unlabeled(let predictions): "nothing to score, because \(predictions)"
        case .onlyNIfTI:
            "contains only NIfTI files, but the dataset contains pictures, whose predictions are pictures too (X_pred.png or X.png)"
        case .onlyPictures:
            "contains only pictures, but the dataset contains NIfTI scans, whose predictions are NIfTI too (X_pred.nii.gz or X.nii.gz)"
        case .valuesAboveLabels: "has values above 255, which are not labels"
        case .coloredProbabilities: "is in color, but probabilities are gray levels"
        case .pages(let found, let classes): "has \(found) pages for \(classes) classes"
        case .noProbability(let value):
            "has the value \(value), but probabilities stored as floats must be from 0 to 1"
        case .storedAs(let type): "stores \(type), but probabilities must be uint8, uint16, or float32"
        case .severalStructures(let count):
            "has \(count) structures, but membranes are scored between the cells of one"
        case .touchingCells: "numbers cells that touch, but membranes are scored between separate pieces"
        case .severalClasses(let count, let name):
            "contains probabilities of \(count) classes for \(name), but membranes are scored between the cells of one"
        case .noProbabilities: "contains no probabilities (X_prob.tif) of the dataset's cases"
        }
    }

    /// What to do.
    fileprivate var advice: String {
        switch self {
        case .notAFolder, .noPrediction, .onlyNIfTI, .onlyPictures, .valuesAboveLabels:
            "specify the folder that predictions were written into"
        case .unlabeled: "specify the dataset that contains the labels"
        case .coloredProbabilities, .pages, .noProbability, .storedAs:
            "use the probabilities that were predicted"
        case .severalStructures: "name the one"
        case .touchingCells: "leave a pixel of background between cells"
        case .severalClasses: "use a network with one structure"
        case .noProbabilities: "specify the folder that probabilities were written into"
        }
    }
}
