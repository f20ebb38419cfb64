import Foundation
import Imaging

extension SegmentationError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .runExists(let path):
            "\(path): holds a run already; add --resume to go on with it, or choose another --output"
        case .resultsInPlace(let path):
            "\(path): would be overwritten, but its run's plan.json is missing; choose another --output"
        case .runLocked(let path):
            "\(path): another training is running there; wait until it has ended, or choose another --output"
        case .stopped:
            "the training was stopped; resume the run to go on after its last finished epoch"
        case .noRun(let path):
            "\(path): holds no run to resume; leave --resume out to start one"
        case .noModel(let path):
            "\(path): is neither a run folder nor a weights file; give the folder that unet train wrote, or a .safetensors file of it"
        case .planDiffers(let path, let setting, let planned, let given):
            "\(path): the run was planned with \(setting) \(planned), so it cannot be resumed with \(given); give the same, or start another run in another --output"
        case .unreadable(let path, let reason):
            "\(path): cannot be used (\(reason)); restore it from a copy or train again"
        case .patientsGone(let path, let patients):
            "\(path): the run was started with \(listed(patients)), whom it does not hold; give the data set that the run was started with"
        case .noPlan(let path):
            "\(path): holds no plan, and there is no plan.json beside it; give the run folder, or put the weights back into it"
        case .noWeights(let path, let isBest):
            isBest
                ? "\(path): is not there, since best weights need held-out patients; use --weights last"
                : "\(path): is not there yet; train at least one epoch with unet train --resume"
        case .nothingToTrain(let path, let reason):
            "\(path): nothing to train on, \(reason); run “unet check” on it"
        case .unknownLabels(let reason, let others):
            others == 0
                ? "\(reason)"
                : "\(reason) \(others) other label file\(others == 1 ? " is" : "s are") like it: run “unet check” to list them."
        case .misplaced(let first, let others):
            others == 0
                ? "\(first)"
                : "\(first) \(others) other file\(others == 1 ? " is" : "s are") like it: run “unet check” to list them."
        case .tooFewPatients(let path, let found, let folds):
            "\(path): holds \(found) different patient\(found == 1 ? "" : "s"), too few to hold out one of \(folds) folds; train with --fold all, or add patients"
        case .noSuchFold(let fold, let count):
            "there is no fold \(fold); folds are 0 to \(count - 1), or “all” to hold nobody out"
        case .nobodyCalled(let path, let names, let nearest):
            "--hold-out \(listed(names)): \(path) has no patient or image with that name; the closest \(nearest.count == 1 ? "is" : "are") \(nearest.joined(separator: ", ")); run “unet check --json” to list all names"
        case .noCaseOfPhase(let path, let chosen, let known):
            known.isEmpty
                ? "\(path): no case has a known phase, so --phases \(chosen.rawValue) leaves nothing; use --phases both, or give the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
                : "\(path): --phases \(chosen.rawValue) leaves no case to train on; the phases known are \(known.map(\.rawValue).joined(separator: " and ")), so use another or --phases both"
        case .badSetting(let name, let value, let rule):
            "\(name) \(value) makes no sense; \(rule)"
        case .network(let error):
            error.description
        case .diverged(let epoch, let step):
            "the loss became infinite or NaN in epoch \(epoch), step \(step); \(epoch == 1 ? "train" : "start another run") with a smaller --learning-rate"
        case .modelsDisagree(let first, let second):
            "\(first) and \(second) do not segment the same structures, so they cannot predict together; give models of one data set"
        case .noInput(let path):
            "\(path): does not exist; give images or folders with images"
        case .nothingToPredict(let path):
            "\(path): holds no image to predict; give .nii, .nii.gz, .png or .tif files, or a folder with some"
        case .nothingChosen(let path):
            "\(path): holds no case of that split and those phases; choose others, or give the data set that the run was trained on"
        case .noSuchFrame(let path, let frame, let count):
            "\(path): has no frame \(frame), only \(count == 1 ? "one" : "1 to \(count)"); choose another --frame"
        case .sameOutput(let path, let first, let second):
            "\(path): both \(first) and \(second) would be written there; predict them into different folders"
        case .sameFrame(let name, let first, let second):
            "\(name): is a frame of both \(first) and \(second); rename one of them, or predict them into different folders"
        case .nobodyInAllSplits(let runs, let side):
            side == .validation
                ? "\(listed(runs)): no patient was held out by all of them, so none is new to all; give runs that held out the same patients, or predict with each alone"
                : "\(listed(runs)): no patient was trained on by all of them; give runs that share patients, or predict with each alone"
        case .badManifest(let path, let reason):
            "\(path): does not say what the predictions are (\(reason)); remove it and predict again"
        case .otherStructures(let path, let found, let expected):
            "\(path): holds predictions of \(found.text), and this model predicts \(expected.text); choose another --output"
        case .noCommonStructure(let path, let predicted, let truth, let known):
            "\(path): the labels are \(predicted.text), and those of \(truth) are \(known.text), with no name in common; name the first with --prediction-structures or the second with --structures"
        case .otherCells(let path, let predicted, let truth, let known):
            "\(path): the probabilities are those of \(predicted.text), and the labels of \(truth) are \(known.text); name them with --structures as the network does"
        case .predictionsDiffer(let first, let structures, let second, let others):
            "\(second): the labels are \(others.text), and those of \(first) are \(structures.text); score them in folders of their own"
        case .nothingToEvaluate(let path, let reason):
            "\(path): \(reason)"
        case .outputFolder(let path, let reason):
            "\(path): cannot be made (\(reason)); choose another --output"
        case .probabilitiesOfSeries(let path, let frames):
            "\(path): is a series of \(frames) frames, and probabilities are written for one; add --frame"
        case .channels(let path, let expected, let found):
            "\(path): has \(found) channel\(found == 1 ? "" : "s"), and the network was trained on \(expected); give images of the kind that it was trained on"
        case .channelsDiffer(let path, let first):
            "\(path): has another size or spacing than \(first), the scan's first channel; give channels on one grid"
        case .noModels:
            "there is no model to predict with; give at least one"
        case .voxels(let path, let expected, let found):
            "\(path): has \(found) voxel\(found == 1 ? "" : "s") on a grid of \(expected); give a value for each"
        case .classes(let expected, let found):
            "the probabilities are those of \(found) class\(found == 1 ? "" : "es"), and the network has \(expected); give probabilities of the same network"
        case .planMisfits(let model, let setting, let planned, let found):
            "\(model): has \(found) \(setting), and its plan says \(planned); give the plan that it was trained by"
        case .badSpacing(let path):
            "\(path): its header gives no spacing in mm (pixdim must be positive); correct the header"
        case .tooLarge(let path, let demand):
            "\(path): \(demand.refusal)"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    /// The first three, and how many there are.
    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) others" : shown
    }
}
