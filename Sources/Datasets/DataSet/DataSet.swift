import Foundation
import Imaging

/// A folder of scans and their labels.
///
/// Two layouts are found by themselves:
/// - **ACDC**: patient folders with an `Info.cfg` that names the frames of end-diastole and end-systole, in the
///   folder itself or in its `training` and `testing`. Of each patient `…_frameNN.nii(.gz)` and `…_frameNN_gt` are
///   taken, and the 4D series is left aside.
/// - **Pairs**: any `X.nii` or `X.nii.gz`, whose labels are `X_gt`, `X-gt` or `X_seg`, in the folder or up to two
///   folders further down. `X_frameNN` is a frame of patient X, `X_ED` and `X_ES` are phases of patient X, and other
///   names are patients of their own; files in a folder below belong to one patient, who has the folder's name.
///
/// What the labels mean is told by `structures`, by a file `labels.json` in the folder
/// (`{"labels": {"RV": 1, "MYO": 2, "LV": 3}}`), or by the layout: in ACDC, and in pairs that all are named as
/// ACDC names its files, 1 is the right ventricle's cavity, 2 the myocardium and 3 the left ventricle's cavity.
/// For other pairs the label files are read, and the labels in them are called "label 1", "label 2" and so on.
///
/// Hidden files are left aside. Nothing but the folders, `Info.cfg`, `labels.json` and (for pairs) headers and
/// labels is read until a case is loaded.
public struct DataSet: Sendable {
    /// How the files are arranged.
    public enum Layout: String, Codable, Sendable {
        /// Patient folders with `Info.cfg`.
        case acdc
        /// Images beside their labels.
        case pairs
        /// Pictures (PNG or TIFF), in folders of images and labels or beside their masks.
        case images
        /// The Cell Tracking Challenge's sequences `01`, with `01_GT`.
        case cellTracking
        /// nnU-Net's raw folders.
        case nnunet
        /// The Medical Segmentation Decathlon's folders.
        case decathlon
    }

    /// The folder that was opened.
    public let root: URL
    /// How the files are arranged.
    public let layout: Layout
    /// The classes that labels stand for, background left out, in the order of their labels.
    public let structures: [Structure]
    /// The names of the channels that every case has: of `dataset.json`, or `red`, `green` and `blue` of colour
    /// pictures, or `image`.
    public let channelNames: [String]
    /// Whether the cases are pictures (PNG or TIFF): distances are pixels, and predictions are pictures too.
    public let isImages: Bool
    /// All patients, in the order of their names.
    public let patients: [Patient]
    /// What was left out or is missing, in the order in which it was found.
    public let issues: [DatasetIssue]

    /// The classes of ACDC.
    public static let acdcStructures = [
        Structure(name: "RV", label: 1), Structure(name: "MYO", label: 2), Structure(name: "LV", label: 3),
    ]

    /// How many channels every case has.
    public var channelCount: Int { channelNames.count }

    /// All cases, patient by patient.
    public var cases: [Case] { patients.flatMap(\.cases) }

    /// The cases of `phases`, patient by patient.
    public func cases(phases: PhaseSelection) -> [Case] { cases.filter { phases.includes($0.phase) } }

    /// Opens the folder `root`.
    ///
    /// - Parameters:
    ///   - root: a folder in one of the layouts above; a single patient's folder will do.
    ///   - structures: the classes, where the folder does not tell them or tells them wrong.
    /// - Throws: `DatasetError` if there is no such folder, it holds no images, or `labels.json` cannot be understood.
    public init(contentsOf root: URL, structures: [Structure]? = nil) throws(DatasetError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder)
        else {
            throw .noFolder(path: root.relativePath)
        }
        guard isFolder.boolValue else { throw .notAFolder(path: root.relativePath) }

        var issues: [DatasetIssue] = []
        let folders = try ACDCLayout.patientFolders(in: root)
        let patients: [Patient]
        if folders.contains(where: \.hasInfo) {
            layout = .acdc
            patients = try ACDCLayout.patients(in: folders, issues: &issues)
        } else {
            layout = .pairs
            patients = try PairsLayout.patients(in: root, issues: &issues)
        }
        guard patients.contains(where: { !$0.cases.isEmpty }) else { throw .empty(path: root.relativePath) }
        let named = patients.flatMap(\.cases).allSatisfy { $0.image.imageStem.isACDCName }

        self.root = root
        channelNames = ["image"]
        isImages = false
        self.patients = patients
        if let structures {
            self.structures = structures
        } else if let described = try LabelDescription.structures(in: root) {
            self.structures = described
        } else if layout == .acdc || named {
            self.structures = Self.acdcStructures
        } else {
            self.structures = PairsLayout.foundStructures(in: patients)
        }
        self.issues = issues
    }
}
