import Foundation
import Imaging

extension SegmentationError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .runExists(let path):
            "\(path): already contains a run; add --resume to continue it, or choose another --output"
        case .resultsInPlace(let path):
            "\(path): would be overwritten, and its run cannot be resumed without plan.json; choose another --output"
        case .runLocked(let path):
            "\(path): another training is running in this folder; wait until it ends, or choose another --output"
        case .stopped:
            "training was stopped; resume the run to continue after its last finished epoch"
        case .noRun(let path):
            "\(path): contains no run to resume; remove --resume to start one"
        case .noModel(let path):
            "\(path): is neither a run folder nor a weights file; specify the folder that unet train wrote, or a .safetensors file from it"
        case .planDiffers(let path, let setting, let planned, let given):
            "\(path): the run was started with \(setting) \(planned) and cannot be resumed with \(given); use the same value, or start a new run in another --output"
        case .unreadable(let path, let reason):
            "\(path): cannot be used (\(reason)); restore it from a backup, or train again"
        case .patientsGone(let path, let patients):
            "\(path): does not contain \(listed(patients)), with which the run was started; specify the dataset that the run was started with"
        case .noPlan(let path):
            "\(path): contains no plan, and there is no plan.json beside it; specify the run folder, or put the weights back into it"
        case .noWeights(let path, let isBest):
            isBest
                ? "\(path): does not exist, because choosing the best weights takes held-out patients; use --weights last"
                : "\(path): does not exist yet; train at least one epoch with unet train --resume"
        case .nothingToTrain(let path, let reason):
            "\(path): there is nothing to train on, because \(reason); run “unet check” to see what it contains"
        case .unknownLabels(let reason, let others):
            others == 0
                ? "\(reason)"
                : "\(reason) \(others) other label file\(others == 1 ? " is" : "s are") like this; run “unet check” to list them all."
        case .misplaced(let first, let others):
            others == 0
                ? "\(first)"
                : "\(first) \(others) other file\(others == 1 ? " is" : "s are") like this; run “unet check” to list them all."
        case .tooFewPatients(let path, let found, let folds):
            "\(path): contains \(found) distinct patient\(found == 1 ? "" : "s"), too few for \(folds) folds; train with --fold all, or add patients"
        case .noSuchFold(let fold, let count):
            "there is no fold \(fold); use 0 to \(count - 1), or “all” to hold no one out"
        case .nobodyCalled(let path, let names, let nearest):
            "--hold-out \(listed(names)): \(path) has no patient or image with that name; the closest \(nearest.count == 1 ? "is" : "are") \(nearest.joined(separator: ", ")); run “unet check --json” to list all names"
        case .noCaseOfPhase(let path, let chosen, let known):
            known.isEmpty
                ? "\(path): no case has a known phase, so --phases \(chosen.rawValue) selects nothing; use --phases both, or state the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
                : "\(path): --phases \(chosen.rawValue) selects no case to train on, because all known phases are \(known.map(\.rawValue).joined(separator: " and ")); use another phase, or --phases both"
        case .badSetting(let name, let value, let rule):
            "\(name) \(value) is not valid; \(rule)"
        case .network(let error):
            error.description
        case .diverged(let epoch, let step):
            "the loss became infinite or NaN in epoch \(epoch), step \(step); \(epoch == 1 ? "train" : "start another run") with a smaller --learning-rate"
        case .modelsDisagree(let first, let second):
            "\(first) and \(second) do not segment the same structures, so they cannot predict together; use models that were trained on the same dataset"
        case .noInput(let path):
            "\(path): does not exist; specify images or folders of images"
        case .nothingToPredict(let path):
            "\(path): contains no image to segment; specify .nii, .nii.gz, .png, or .tif files, or a folder that contains some"
        case .nothingChosen(let path):
            "\(path): contains no case of that split and those phases; choose others, or specify the dataset that the run was trained on"
        case .noSuchFrame(let path, let frame, let count):
            "\(path): has no frame \(frame), only \(count == 1 ? "frame 1" : "frames 1 to \(count)"); choose another --frame"
        case .sameOutput(let path, let first, let second):
            "\(path): both \(first) and \(second) would be written to this file; predict them into different folders"
        case .sameFrame(let name, let first, let second):
            "\(name): is a frame of both \(first) and \(second); rename one of them, or predict them into different folders"
        case .nobodyInAllSplits(let runs, let side):
            side == .validation
                ? "\(listed(runs)): no patient was held out by all of these runs, so there is none that every model has not seen; specify runs that held out the same patients, or predict with each alone"
                : "\(listed(runs)): no patient was trained on by all of these runs; specify runs that share patients, or predict with each alone"
        case .badManifest(let path, let reason):
            "\(path): cannot be used (\(reason)); remove it and predict again"
        case .otherStructures(let path, let found, let expected):
            "\(path): contains predictions of \(found.text), but this model predicts \(expected.text); choose another --output"
        case .noCommonStructure(let path, let predicted, let truth, let known):
            "\(path): the labels are \(predicted.text), but those of \(truth) are \(known.text), with no name in common; name the former with --prediction-structures, or the latter with --structures"
        case .otherCells(let path, let predicted, let truth, let known):
            "\(path): the probabilities are those of \(predicted.text), but the labels of \(truth) are \(known.text); use --structures to name them as the network does"
        case .predictionsDiffer(let first, let structures, let second, let others):
            "\(second): the labels are \(others.text), but those of \(first) are \(structures.text); score them in separate folders"
        case .nothingToEvaluate(let path, let reason):
            "\(path): \(reason)"
        case .outputFolder(let path, let reason):
            "\(path): cannot be created (\(reason)); choose another --output"
        case .probabilitiesOfSeries(let path, let frames):
            "\(path): is a series of \(frames) frames, but probabilities can be written for only one; add --frame"
        case .channels(let path, let expected, let found):
            "\(path): has \(found) channel\(found == 1 ? "" : "s"), but the network was trained on \(expected); use images of the kind that it was trained on"
        case .noModels:
            "there is no model to predict with; specify at least one"
        case .voxels(let path, let expected, let found):
            "\(path): has \(found) voxel\(found == 1 ? "" : "s"), but its grid has \(expected); provide one value for each voxel"
        case .classes(let expected, let found):
            "the probabilities are those of \(found) class\(found == 1 ? "" : "es"), but the network has \(expected); use probabilities from the same network"
        case .planMisfits(let model, let setting, let planned, let found):
            "\(model): has \(found) \(setting), but its plan says \(planned); use the plan that it was trained with"
        case .tooLarge(let path, let demand):
            "\(path): \(demand.refusal)"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// The first three, and how many there are.
    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown), and \(names.count - 3) more" : shown
    }
}
