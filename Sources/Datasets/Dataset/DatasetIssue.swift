import Foundation
import Imaging

/// Something in a dataset that was left out, is missing, or needs attention; the rest can be used.
public enum DatasetIssue: Sendable, Hashable {
    /// A patient folder without `Info.cfg`: its frames are used, with unknown phase.
    case noInfo(folder: String)
    /// An `Info.cfg` that does not state which frames to use: all with labels are used, with unknown phase.
    case badInfo(path: String, reason: String)
    /// A frame that `Info.cfg` names has no file.
    case missingFrame(path: String, phase: Phase)
    /// An image without labels: it can be predicted but not trained on or scored.
    case missingReference(image: String)
    /// Labels without an image.
    case referenceWithoutImage(path: String)
    /// Two files with the same name, `.nii` and `.nii.gz`.
    case sameName(kept: String, ignored: String)
    /// Two label files for one image.
    case severalReferences(kept: String, ignored: String)
    /// Two scans of the same frame of a patient.
    case severalScans(kept: String, ignored: String, frame: Int, patient: String)
    /// A folder with `count` images that are labels according to the folder's name or `dataset.json`; they are not
    /// predicted.
    case labelFolder(path: String, count: Int, isDescribed: Bool)
    /// A 4D series of which only the frames with labels are predicted.
    case labeledFrames(path: String, labeled: Int, frames: Int)
    /// Requested patients, such as those of a run's split, that are not in the dataset.
    case absentPatients(folder: String, patients: [String])
    /// A 4D series with frames that also exist as separate files.
    case series(path: String, frames: Int)
    /// A 4D series without labels.
    case cine(path: String, frames: Int)
    /// Labels of a 4D series that are 0 in all of its frames.
    case noLabeledFrame(path: String, frames: Int)
    /// None of `count` images in a folder has labels.
    case noReferences(folder: String, count: Int)
    /// Frames of a sequence without labels, like most in the Cell Tracking Challenge.
    case unlabeledFrames(folder: String, count: Int, total: Int)
    /// Frames with labels drawn by a computer.
    case silverTruth(folder: String, count: Int)
    /// Pictures with opacity; `first` is one of them.
    case opacity(first: String, count: Int)
    /// A folder of test images next to the training data.
    case testPart(path: String)
    /// A prediction of this program among the images.
    case prediction(path: String)
    /// A file or folder with a name that is not UTF-8; `name` has � for its invalid bytes.
    case undecodableName(folder: String, name: String)
    /// Files or folders with names that differ only in their Unicode form, such as é as one character or two.
    case sameNameInUnicode(folder: String, name: String)
    /// A pipe, socket or device with the name of an image.
    case notAFile(path: String)
    /// An entry of a description that cannot be used; `reason` is the rest of a sentence.
    case passedOver(path: String, reason: String)
}

extension DatasetIssue {
    /// Whether this is normal for such data, and nothing to correct.
    public var isNote: Bool {
        switch self {
        case .unlabeledFrames, .silverTruth, .opacity, .testPart, .series, .cine, .prediction, .passedOver,
            .labelFolder, .labeledFrames:
            true
        default: false
        }
    }
}

extension DatasetIssue {
    /// Whether an image has no labels.
    public var isMissingReference: Bool {
        switch self {
        case .missingReference, .noReferences, .cine: true
        default: false
        }
    }
}

extension DatasetIssue: CustomStringConvertible {
    /// One plain sentence that names the file and says how it is treated.
    public var description: String {
        switch self {
        case .noInfo(let folder):
            "\(folder) has no Info.cfg; its labeled frames are used without phase or group."
        case .badInfo(let path, let reason):
            "\(path) \(reason); the folder's labeled frames are used without phase or group."
        case .missingFrame(let path, let phase):
            "\(path) is missing, although Info.cfg names it as \(phase.rawValue); the frame is skipped."
        case .missingReference(let image):
            "\(image) has no labels; it can be predicted, but not trained on or scored."
        case .referenceWithoutImage(let path):
            "\(path) contains the labels of a missing image; it is skipped."
        case .sameName(let kept, let ignored):
            "\(ignored) has the same name as \(kept), so only the latter is used; remove one of them."
        case .severalReferences(let kept, let ignored):
            "\(ignored) and \(kept) label the same image, so only the latter is used; remove one of them."
        case .severalScans(let kept, let ignored, let frame, let patient):
            "\(ignored) and \(kept) are both frame \(frame) of \(patient), so only the latter is used; remove or rename "
                + "the other."
        case .labelFolder(let path, let count, let isDescribed):
            "\(path) contains labels according to \(isDescribed ? "dataset.json" : "its name"), so its "
                + (count == 1 ? "image is not predicted." : "\(count) images are not predicted.")
        case .labeledFrames(let path, let labeled, let frames):
            "\(path) is a series of \(frames) frames, of which only the \(labeled) with labels "
                + "\(labeled == 1 ? "is" : "are") predicted; to predict all frames, specify the file itself."
        case .absentPatients(let folder, let patients):
            "\(NameList(names: patients)) \(patients.count == 1 ? "is" : "are") in the split, but not in \(folder); to "
                + "predict the whole split, specify the dataset that the run was trained on."
        case .series(let path, let frames):
            "\(path) is a series of \(frames) frames; it is skipped, because its frames also exist as separate files."
        case .cine(let path, let frames):
            "\(path) is a series of \(frames) frames without labels; it can be predicted, but not trained on or scored."
        case .noLabeledFrame(let path, let frames):
            "\(path) has no labels in any of its \(frames) frames; correct it, or remove it."
        case .noReferences(let folder, let count):
            "\(folder) contains \(count) image\(count == 1 ? "" : "s") and no labels; \(count == 1 ? "it" : "they") can be "
                + "predicted, but not trained on or scored."
        case .unlabeledFrames(let folder, let count, let total):
            "\(folder) has no labels for \(count) of \(total) frames; they are skipped."
        case .silverTruth(let folder, let count):
            "\(folder) has silver truth, which was not drawn by people, for \(count) frame\(count == 1 ? "" : "s"); it is "
                + "used where gold truth is missing."
        case .opacity(let first, let count):
            "\(first)\(count == 1 ? "" : " and \(count - 1) other\(count == 2 ? "" : "s")") "
                + "ha\(count == 1 ? "s" : "ve") an opacity channel, which is ignored."
        case .testPart(let path):
            "\(path) contains test images, which are not used here; specify that folder to predict or score them."
        case .prediction(let path):
            "\(path) is a prediction; it is skipped."
        case .undecodableName(let folder, let name):
            "\(folder) contains “\(name)”, whose name is not UTF-8, so it cannot be opened; rename it."
        case .sameNameInUnicode(let folder, let name):
            "\(folder) contains several entries named “\(name)”, whose names differ only in their Unicode form, so all "
                + "are skipped; rename or remove all but one."
        case .notAFile(let path):
            "\(path) is a pipe, socket, or device, so it is skipped; replace it with a regular file, or remove it."
        case .passedOver(let path, let reason):
            "\(path) \(reason)."
        }
    }
}

/// Names of labels in a label file that contradict those of its dataset.
///
/// Structures are identified by name, whatever their numbers; so a file that gives 3 the name that the dataset gives 1
/// must not be used by its numbers. Names can differ in letter case, or have `_` for a space.
public struct OtherNames: Sendable, Hashable, Codable {
    /// The label file.
    public var path: String
    /// The structures in the file.
    public var own: [Structure]
    /// The structures in the dataset.
    public var known: [Structure]

    /// Compares the names in `file` with the dataset's structures; nil if they agree, or the file has none.
    init?(in file: URL, own: [Structure]?, known: [Structure]) {
        guard let own, own.contains(where: { one in known.contains { $0.contradicts(one) } }) else {
            return nil
        }
        path = file.relativePath
        self.own = own
        self.known = known
    }
}

extension OtherNames: CustomStringConvertible {
    /// The consequence when the dataset's names were stated and overrule the file's: a sentence without its period.
    public var description: String {
        "\(path) names its labels \(own.text), but they are used as \(known.text), as stated"
    }
}

extension Structure {
    /// Returns whether the two have one name and two numbers, or two names and one number.
    fileprivate func contradicts(_ other: Structure) -> Bool {
        (name.comparableName == other.name.comparableName) != (label == other.label)
    }
}
