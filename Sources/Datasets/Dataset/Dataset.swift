import Foundation
import Imaging
import Scans

/// A folder of scans or pictures and their labels.
///
/// These layouts are found by themselves:
/// - **ACDC**: patient folders with an `Info.cfg` that names the frames of end-diastole and end-systole, in the
///   folder itself, in its `training`, or else in its `testing`. Of each patient `…_frameNN.nii(.gz)` and `…_frameNN_gt` are
///   taken, and the 4D series is skipped.
/// - **Pairs**: any `X.nii` or `X.nii.gz`, whose labels are `X_gt`, `X-gt` or `X_seg`, in the folder or up to four
///   folders further down. `X_frameNN` is a frame of patient X, `X_ED` and `X_ES` are phases of patient X, `X_sa` and
///   `X_4d` are scans of patient X, and other names are patients of their own; files in a folder below, and in the
///   folders of that, belong to one patient, who has the folder's name. Or images in a folder `images` with labels of the
///   same names in `labels`. Of 4D images those frames are cases that have labels, in a 4D file or as `X_frameNN_gt`;
///   a series without labels is a case that can be predicted.
/// - **Images**: PNG and TIFF files in a folder `images` with labels of the same names in `labels` or `masks`, or
///   `X.png` beside `X_mask.png`; the same in a folder `train`. Every page of a multi-page TIFF is a case.
/// - **Cell tracking**: sequences `01/t000.tif` with `01_GT/SEG/man_seg000.tif`, whose labels number the cells.
/// - **nnU-Net** and **Decathlon**: `imagesTr`, `labelsTr` and `dataset.json`. The folder stands for its training cases;
///   open its `imagesTs` for the test images.
///
/// What the labels mean is told by `structures`, by a file `labels.json` in the folder
/// (`{"labels": {"RV": 1, "MYO": 2, "LV": 3}}`), or by the layout: by `dataset.json`; in ACDC, and in pairs that all
/// are named as ACDC names its files, 1 is the right ventricle's cavity, 2 the myocardium and 3 the left ventricle's
/// cavity; numbered cells are `cell`. For others the label files are read: NIfTI files may name their labels, as
/// predictions of this program do; otherwise the labels in them are called "label 1", "label 2" and so on, or
/// "foreground" where pictures have only 0 and 255. A file that names its labels otherwise than the dataset does is
/// refused when it is loaded, unless `structures` were given.
///
/// Hidden files are skipped. Nothing but the folders, their descriptions and (for pairs and images) headers and
/// labels is read until a case is loaded.
public struct Dataset: Sendable {
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

    /// Who says what labels mean.
    public enum Naming: Sendable, Hashable {
        /// Whoever opened the folder, against whatever the folder says.
        case stated
        /// The folder: `labels.json`, `dataset.json`, or its layout.
        case described
        /// Nobody but the label files.
        case found
    }

    /// The folder that was opened.
    public let root: URL
    /// How the files are arranged.
    public let layout: Layout
    /// The classes that labels stand for, background left out, in the order of their labels.
    public let structures: [Structure]
    /// Who says what the labels mean.
    public let naming: Naming
    /// The names of the channels that every case has: of `dataset.json`, or `red`, `green` and `blue` of color
    /// pictures, or `image`.
    public let channelNames: [String]
    /// Whether the cases are pictures (PNG or TIFF): distances are pixels, and predictions are pictures too.
    public let isImages: Bool
    /// All patients, in the order of their names: all that must not part in a split. Pictures are patients of their own
    /// unless a folder says that they belong together; frames and pages too, and `sequences` tells their order.
    public let patients: [Patient]
    /// Patients who follow each other in one recording or stack, in order, so that neighbors are alike: the pages of
    /// each stack, the frames of each sequence, or pictures that are numbered through. Empty where there are none.
    public let sequences: [[String]]
    /// What was left out or is missing, in the order in which it was found.
    public let issues: [DatasetIssue]

    /// The classes of ACDC.
    public static let acdcStructures = [
        Structure(name: "RV", label: 1), Structure(name: "MYO", label: 2), Structure(name: "LV", label: 3),
    ]

    /// How many channels every case has.
    public var channelCount: Int { channelNames.count }

    /// Whether labels number objects, as in the Cell Tracking Challenge, instead of naming classes.
    public var hasInstances: Bool { patients.contains { $0.cases.contains(where: \.hasInstances) } }

    /// Whether the phase of any case is known; where it is not, nothing can be chosen by phase.
    public var knowsPhases: Bool { cases.contains { $0.phase != nil } }

    /// All cases, patient by patient.
    public var cases: [Case] { patients.flatMap(\.cases) }

    /// The cases of `phases`, patient by patient.
    public func cases(phases: PhaseSelection) -> [Case] { cases.filter { phases.includes($0.phase) } }

    /// Opens the folder `root`.
    ///
    /// - Parameters:
    ///   - root: a folder in one of the layouts above; a single patient's folder will do.
    ///   - structures: the classes, where the folder does not tell them or tells them wrong.
    ///   - instances: whether the labels of pictures number objects, as 16-bit instance masks do, instead of naming
    ///     classes. All objects are then of one structure, `cell` unless the folder or `structures` name it.
    /// - Throws: `DatasetError` if there is no such folder, it holds no images, or `labels.json` cannot be understood;
    ///   `.instancesOfScans` and `.objectsOfSeveralClasses` where labels cannot number objects.
    public init(
        contentsOf root: URL, structures: [Structure]? = nil, instances: Bool = false
    ) throws(DatasetError) {
        try self.init(root, meaning: structures.map { .given($0) } ?? .found, instances: instances)
    }

    /// Opens the folder `root` for its images alone: what labels mean is not looked for, so that `structures` is empty and
    /// cases cannot be loaded with their labels. Of 4D series the labels tell which frames are cases.
    ///
    /// - Throws: `DatasetError` if there is no such folder or it holds no images.
    public init(imagesIn root: URL) throws(DatasetError) {
        try self.init(root, meaning: .notNeeded, instances: false)
    }

    /// Where it comes from what labels mean.
    private enum Meaning {
        case given([Structure])
        /// The folder's descriptions, its layout, or the labels themselves.
        case found
        case notNeeded
    }

    private init(_ root: URL, meaning: Meaning, instances: Bool) throws(DatasetError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder)
        else {
            throw .noFolder(path: root.relativePath)
        }
        guard isFolder.boolValue else { throw .notAFolder(path: root.relativePath) }

        var issues: [DatasetIssue] = []
        let labels = LabelFiles()
        let found = try Self.find(in: root, labels, issues: &issues)
        let strays = DatasetIssue.strays(in: root)
        issues += strays
        guard found.patients.contains(where: { !$0.cases.isEmpty }) else {
            // What cannot be taken may be all there is.
            guard let stray = strays.first else { throw .empty(path: root.relativePath) }
            throw .onlyStrays(stray)
        }
        self.root = root
        layout = found.layout
        var patients = found.patients
        if instances { patients = patients.map { $0.with(cases: $0.cases.map(\.withInstances)) } }
        if case .given = meaning {
            patients = patients.map { $0.with(cases: $0.cases.map(\.overrulingNames)) }
        }
        self.patients = patients
        channelNames = found.channelNames
        isImages = found.isImages
        sequences = found.sequences
        switch meaning {
        case .given(let given): (structures, naming) = (given, .stated)
        case .notNeeded: (structures, naming) = ([], .found)
        case .found:
            if let described = try Self.described(root, part: found.part) ?? found.structures {
                (structures, naming) = (described, .described)
            } else if instances {
                (structures, naming) = (CellTrackingLayout.structures, .found)
            } else {
                structures = try found.layout.type.foundStructures(in: patients, labels)
                naming = .found
            }
        }
        self.issues = issues
        for names in [patients.map(\.id), cases.map(\.id)] {
            var seen: Set<String> = []
            if let name = names.first(where: { !seen.insert($0).inserted }) {
                throw .contradiction(
                    path: root.relativePath,
                    reason: "contains two patients or images named \(name); rename one of them")
            }
        }
        if instances {
            guard found.isImages else { throw .instancesOfScans(path: root.relativePath) }
            guard structures.count == 1 else {
                throw .objectsOfSeveralClasses(path: root.relativePath, found: structures.map(\.name))
            }
        }
    }

    /// What an image that is given by itself is called: by its name, or `patient005_frame01` where `file` is
    /// `patient005/frame01.nii`.
    package static func caseID(ofFile file: URL) -> String {
        let folder = file.deletingLastPathComponent()
        return ScanName.caseID(
            file.imageStem, in: ScanName.folders([], of: file.imageStem, root: folder))
    }

    /// What a case of the image `file`, in this folder or below, is called, also where the dataset leaves it aside.
    package func caseID(of file: URL) -> String {
        ScanName.caseID(file.imageStem, in: layout.type.folders(of: file, in: self))
    }

    /// What `labels.json` names, in the folder given or where the files are: in `train`, where the folder above was given.
    private static func described(_ root: URL, part: URL?) throws(DatasetError) -> [Structure]? {
        if let found = try LabelDescription.structures(in: root) { return found }
        guard let part else { return nil }
        return try LabelDescription.structures(in: part)
    }

    /// Every frame of `folder` where that is a sequence of the Cell Tracking Challenge, in order and under the names that
    /// its dataset has for them, also those without labels, which the dataset skips. Nil for other folders.
    ///
    /// - Throws: `DatasetError.cannotList` where a folder may not be read.
    public static func frames(ofSequence folder: URL) throws(DatasetError) -> [Case]? {
        try CellTrackingLayout.frames(of: folder)
    }

    private static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found {
        for layout in layouts {
            if let found = try layout.find(in: root, labels, issues: &issues) { return found }
        }
        return Found(layout: .pairs, patients: [], structures: nil)
    }

    /// All layouts, in the order in which a folder is asked for them.
    private static let layouts: [any DatasetLayout.Type] = [
        NNUNetLayout.self, DecathlonLayout.self, ACDCLayout.self, CellTrackingLayout.self, PairsLayout.self,
        ImagesLayout.self,
    ]
}
