import Datasets
import Foundation
import Runs
import Torch

/// The command-line messages of errors: the library's sentences, with the names of options instead of settings and with
/// advice for the command line. All errors shown to users go through here.
enum ErrorSentence {
    /// Returns the message of `error`.
    static func text(_ error: any Error) -> String { own(error) ?? String(describing: error) }

    /// Returns the message of `error`, or nil if it is the error's own.
    static func own(_ error: any Error) -> String? {
        switch error {
        case let error as SegmentationError: text(of: error)
        case let error as EvaluationFailure: error.text(of: text(error.error))
        case let error as DatasetError:
            error.text(
                numbersObjects: "add --instances",
                onlyPictures:
                    "--instances is for pictures (PNG or TIFF) whose labels number objects; remove it")
        case TorchError.noDevice(let device): "\(TorchError.lack(of: device)); use --device cpu"
        default: nil
        }
    }

    /// Returns the message of a warning about predictions.
    static func text(_ warning: EvaluationWarning) -> String {
        warning.text(
            basis: "as --prediction-structures says", naming: "name them with --prediction-structures")
    }

    /// Returns a sentence on the number of other files like the one before; empty if there are none.
    static func others(_ count: Int, _ noun: String) -> String {
        count == 0
            ? ""
            : " \(count) other \(noun)\(count == 1 ? " is" : "s are") like this; run “unet check” to list them all."
    }

    private static func text(of error: SegmentationError) -> String {
        let fact = error.fact { $0.flag ?? $0.name }
        switch error {
        case .unknownLabels(let first, let others): return text(first) + self.others(others, "label file")
        case .misplaced(let first, let others): return "\(first)" + self.others(others, "file")
        case .planOfOtherData: return error.description
        case .noSuchFold: return "\(fact), or “all” to hold no one out"
        default: return (advice(on: error) ?? error.advice).map { "\(fact); \($0)" } ?? fact
        }
    }

    /// Returns the advice for the command line; nil to use the library's.
    private static func advice(on error: SegmentationError) -> String? {
        switch error {
        case .runExists: "add --resume to continue it, or choose another --output"
        case .resultsInPlace, .otherStructures, .outputFolder: "choose another --output"
        case .runLocked: "wait until it ends, or choose another --output"
        case .notMirrored: "remove --tta"
        case .noRun: "remove --resume to start one"
        case .noModel: "specify the folder that unet train wrote, or a .safetensors file from it"
        case .planDiffers: "use the same value, or start a new run in another --output"
        case .noWeights(_, let isBest):
            isBest ? "use --weights last" : "train at least one epoch with unet train --resume"
        case .nothingToTrain: "run “unet check” to see what it contains"
        case .tooFewPatients: "train with --fold all, or add patients"
        case .unknownPatients: "run “unet check --json” to list all names"
        case .badSplits(_, .unknown): "run “unet check --json” to list all names"
        case .noCaseOfPhase(_, _, let known):
            known.isEmpty
                ? "use --phases both, or state the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
                : "use another phase, or --phases both"
        case .diverged(let epoch, _):
            "\(epoch == 1 ? "train" : "start another run") with a smaller --learning-rate"
        case .noSuchFrame: "choose another --frame"
        case .noCommonStructure:
            "name the former with --prediction-structures, or the latter with --structures"
        case .otherCells: "use --structures to name them as the network does"
        case .probabilitiesOfSeries: "add --frame"
        case .nothingToEvaluate(_, let gap): advice(on: gap)
        default: nil
        }
    }

    private static func advice(on gap: EvaluationGap) -> String? {
        switch gap {
        case .notAFolder, .noPrediction, .onlyNIfTI, .onlyPictures, .valuesAboveLabels:
            "specify the folder that unet predict wrote"
        case .coloredProbabilities, .pages, .noProbability, .storedAs:
            "use the probabilities that unet predict wrote"
        case .severalStructures: "name it with --structures"
        case .noProbabilities: "specify the folder that unet predict --probabilities wrote"
        case .unlabeled, .touchingCells, .severalClasses: nil
        }
    }
}

extension PlanSetting {
    /// The option for the setting, such as `--learning-rate`; nil if it can be set only in a file.
    var flag: String? { optionName.map { "--\($0)" } }

    /// The name of the option without dashes.
    var optionName: String? {
        // The names of structures, and whether labels number objects, are options of the dataset.
        if case .fileOnly = form, self != .of(\.structures), self != .of(\.training.instances) { return nil }
        return name.replacing(" ", with: "-")
    }
}
