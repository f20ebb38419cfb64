import Foundation

/// Something of a data set that was left out, is missing, or needs a look; the rest can be used.
public enum DatasetIssue: Sendable, Hashable {
    /// A patient folder without `Info.cfg`: its frames are taken, of unknown phase.
    case noInfo(folder: String)
    /// An `Info.cfg` that does not say which frames to take: all with labels are taken, of unknown phase.
    case badInfo(path: String, reason: String)
    /// A frame that `Info.cfg` names has no file.
    case missingFrame(path: String, phase: Phase)
    /// An image without labels: it can be predicted but not trained on or scored.
    case missingReference(image: String)
    /// Labels without an image.
    case referenceWithoutImage(path: String)
    /// Two files of one name, `.nii` and `.nii.gz`.
    case sameName(kept: String, ignored: String)
    /// Two label files for one image.
    case severalReferences(kept: String, ignored: String)
    /// Two scans of one frame of a patient.
    case severalScans(kept: String, ignored: String, frame: Int, patient: String)
    /// A folder with `count` images that are labels by the folder's name, or by `dataset.json`: nobody predicts them.
    case labelFolder(path: String, count: Int, isDescribed: Bool)
    /// A 4D series of which only the frames with labels are predicted.
    case labeledFrames(path: String, labeled: Int, frames: Int)
    /// Patients who were asked for, as those of a run's split, and are not in the data set.
    case absentPatients(folder: String, patients: [String])
    /// A 4D series whose frames are there as files of their own.
    case series(path: String, frames: Int)
    /// A 4D series without labels.
    case cine(path: String, frames: Int)
    /// Labels of a 4D series that are 0 in all of its frames.
    case noLabelledFrame(path: String, frames: Int)
    /// None of `count` images in a folder has labels.
    case noReferences(folder: String, count: Int)
    /// Frames of a sequence that have no labels, as most have none in the Cell Tracking Challenge.
    case unlabelledFrames(folder: String, count: Int, total: Int)
    /// Frames whose labels a computer has drawn.
    case silverTruth(folder: String, count: Int)
    /// Pictures with opacity; `first` is one of them.
    case opacity(first: String, count: Int)
    /// A folder of test images beside the training data.
    case testPart(path: String)
    /// A prediction of this program among the images.
    case prediction(path: String)
    /// A file or folder whose name is not UTF-8; `name` has � for what cannot be read of it.
    case undecodableName(folder: String, name: String)
    /// Files or folders whose names differ only in how Unicode writes them, such as é as one character or as two.
    case sameNameInUnicode(folder: String, name: String)
    /// A pipe, socket or device that is called as images are.
    case notAFile(path: String)
    /// What a description says and nobody can use; `reason` is a sentence's rest.
    case passedOver(path: String, reason: String)
}

extension DatasetIssue {
    /// Whether this is how such data are, and nothing that anybody should mend.
    public var isNote: Bool {
        switch self {
        case .unlabelledFrames, .silverTruth, .opacity, .testPart, .series, .cine, .prediction, .passedOver,
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
    /// One plain sentence that names the file and says what became of it.
    public var description: String {
        switch self {
        case .noInfo(let folder):
            "\(folder) has no Info.cfg: its labelled frames are taken without phase and group."
        case .badInfo(let path, let reason):
            "\(path) \(reason): the folder's labelled frames are taken without phase and group."
        case .missingFrame(let path, let phase):
            "\(path) is missing, though Info.cfg names it as \(phase.rawValue): the frame is left out."
        case .missingReference(let image):
            "\(image) has no labels: it can be predicted, not trained on or scored."
        case .referenceWithoutImage(let path):
            "\(path) has labels for an image that is missing: it is left out."
        case .sameName(let kept, let ignored):
            "\(ignored) has the same name as \(kept): the latter is taken; remove one of them."
        case .severalReferences(let kept, let ignored):
            "\(ignored) and \(kept) label the same image: the latter is taken; remove one of them."
        case .severalScans(let kept, let ignored, let frame, let patient):
            "\(ignored) and \(kept) are both frame \(frame) of \(patient): the latter is taken; remove or rename the other."
        case .labelFolder(let path, let count, let isDescribed):
            "\(path) holds labels, as \(isDescribed ? "dataset.json" : "its name") says: its "
                + (count == 1 ? "image is not predicted." : "\(count) images are not predicted.")
        case .labeledFrames(let path, let labeled, let frames):
            "\(path) is a series of \(frames) frames, of which \(labeled) \(labeled == 1 ? "has" : "have") labels: only "
                + "\(labeled == 1 ? "that is" : "those are") predicted; give the file itself to predict all of them."
        case .absentPatients(let folder, let patients):
            "\(NameList(names: patients)) \(patients.count == 1 ? "is" : "are") in the split and missing from \(folder): give "
                + "the data set that the run was trained on to predict all of the split."
        case .series(let path, let frames):
            "\(path) is a series of \(frames) frames: it is skipped, because frames of it exist as separate files."
        case .cine(let path, let frames):
            "\(path) is a series of \(frames) frames without labels: it can be predicted, not trained on or scored."
        case .noLabelledFrame(let path, let frames):
            "\(path) has no labels in any of its \(frames) frames: correct or remove it."
        case .noReferences(let folder, let count):
            "\(folder) holds \(count) image\(count == 1 ? "" : "s") and no labels: they can be predicted, not trained on or "
                + "scored."
        case .unlabelledFrames(let folder, let count, let total):
            "\(folder) has no labels for \(count) of \(total) frames: they are left aside."
        case .silverTruth(let folder, let count):
            "\(folder) has silver truth, which was not drawn by people, for \(count) frame\(count == 1 ? "" : "s"): it is "
                + "taken where gold truth is missing."
        case .opacity(let first, let count):
            "\(first)\(count == 1 ? "" : " and \(count - 1) other\(count == 2 ? "" : "s")") "
                + "ha\(count == 1 ? "s" : "ve") an opacity channel: it is left out."
        case .testPart(let path):
            "\(path) holds test images: they take no part here; give that folder to predict or score them."
        case .prediction(let path):
            "\(path) is a prediction: it is left aside."
        case .undecodableName(let folder, let name):
            "\(folder) holds “\(name)”, whose name is not UTF-8, so it cannot be opened: rename it."
        case .sameNameInUnicode(let folder, let name):
            "\(folder) holds several entries called “\(name)”, whose names differ only in their Unicode form: all are "
                + "left aside; rename or remove all but one."
        case .notAFile(let path):
            "\(path) is a pipe, socket, or device: it is skipped; replace it with a regular file, or remove it."
        case .passedOver(let path, let reason):
            "\(path) \(reason)."
        }
    }
}
