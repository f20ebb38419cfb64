import Foundation

extension SegmentationError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .runExists(let path):
            "\(path): holds a run already; add --resume to go on with it, or choose another --output"
        case .noRun(let path):
            "\(path): holds no run to resume; leave --resume out to start one"
        case .noModel(let path):
            "\(path): is neither a run folder nor a weights file; give the folder that unet train wrote, or a .safetensors file of it"
        case .planDiffers(let path, let setting, let planned, let given):
            "\(path): the run was planned with \(setting) \(planned), so it cannot be resumed with \(given); leave the option out, or start another run"
        case .unreadable(let path, let reason):
            "\(path): cannot be understood (\(reason)); restore it from a copy or train again"
        case .noPlan(let path):
            "\(path): holds no plan, and there is no plan.json beside it; give the run folder, or put the weights back into it"
        case .nothingToTrain(let path, let reason):
            "\(path): nothing to train on, \(reason); run “unet check” on it"
        case .noSuchFold(let fold, let count):
            "there is no fold \(fold); folds are 0 to \(count - 1), or “all” to hold nobody out"
        case .badSetting(let name, let value, let rule):
            "\(name) \(value) makes no sense; \(rule)"
        case .diverged(let epoch, let step):
            "the loss is no longer a number in epoch \(epoch), step \(step); train with a smaller --learning-rate (the last finished epoch is kept)"
        case .modelsDisagree(let first, let second):
            "\(first) and \(second) do not segment the same structures, so they cannot predict together; give models of one data set"
        case .nothingToPredict(let path):
            "\(path): holds no image to predict; give .nii or .nii.gz files, or a folder with some"
        case .sameOutput(let path, let first, let second):
            "\(path): both \(first) and \(second) would be written there; predict them into different folders"
        case .nothingToEvaluate(let path, let reason):
            "\(path): \(reason)"
        case .outputFolder(let path, let reason):
            "\(path): cannot be made (\(reason)); choose another --output"
        case .probabilitiesOfSeries(let path, let frames):
            "\(path): is a series of \(frames) frames, and probabilities are written for one; add --frame"
        case .badSpacing(let path):
            "\(path): its header gives no spacing in mm (pixdim must be positive); correct the header"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }
}
