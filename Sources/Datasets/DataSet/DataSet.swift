import Foundation
import Imaging

/// A folder of scans or pictures and their labels.
///
/// These layouts are found by themselves:
/// - **ACDC**: patient folders with an `Info.cfg` that names the frames of end-diastole and end-systole, in the
///   folder itself, in its `training`, or else in its `testing`. Of each patient `…_frameNN.nii(.gz)` and `…_frameNN_gt` are
///   taken, and the 4D series is left aside.
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
/// "foreground" where pictures have only 0 and 255. A file that names its labels otherwise than the data set does is
/// refused when it is loaded, unless `structures` were given.
///
/// Hidden files are left aside. Nothing but the folders, their descriptions and (for pairs and images) headers and
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
    /// The names of the channels that every case has: of `dataset.json`, or `red`, `green` and `blue` of colour
    /// pictures, or `image`.
    public let channelNames: [String]
    /// Whether the cases are pictures (PNG or TIFF): distances are pixels, and predictions are pictures too.
    public let isImages: Bool
    /// All patients, in the order of their names: all that must not part in a split. Pictures are patients of their own
    /// unless a folder says that they belong together; frames and pages too, and `sequences` tells their order.
    public let patients: [Patient]
    /// Patients who follow each other in one recording or stack, in order, so that neighbours are alike: the pages of
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
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder)
        else {
            throw .noFolder(path: root.relativePath)
        }
        guard isFolder.boolValue else { throw .notAFolder(path: root.relativePath) }

        var issues: [DatasetIssue] = []
        let found = try Self.find(in: root, issues: &issues)
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
        if structures != nil {
            patients = patients.map { $0.with(cases: $0.cases.map(\.overrulingNames)) }
        }
        self.patients = patients
        channelNames = found.channelNames
        isImages = found.isImages
        sequences = found.sequences
        if let structures {
            self.structures = structures
            naming = .stated
        } else if let described = try Self.described(root, part: found.part) ?? found.structures {
            self.structures = described
            naming = .described
        } else {
            self.structures =
                if instances {
                    CellTrackingLayout.structures
                } else if found.isImages {
                    try ImagesLayout.foundStructures(in: patients)
                } else {
                    try PairsLayout.foundStructures(in: patients)
                }
            naming = .found
        }
        self.issues = issues
        for names in [patients.map(\.id), cases.map(\.id)] {
            var seen: Set<String> = []
            if let name = names.first(where: { !seen.insert($0).inserted }) {
                throw .contradiction(
                    path: root.relativePath,
                    reason: "holds two patients or images called \(name); give one of them another name")
            }
        }
        if instances {
            guard found.isImages else { throw .instancesOfScans(path: root.relativePath) }
            guard self.structures.count == 1 else {
                throw .objectsOfSeveralClasses(path: root.relativePath, found: self.structures.map(\.name))
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

    /// What a case of the image `file`, in this folder or below, is called, also where the data set leaves it aside.
    ///
    /// ACDC's patients of the part that is left aside go by their own names, as they do when that part is opened,
    /// unless a patient of the same name takes part.
    package func caseID(of file: URL) -> String {
        let folder = file.deletingLastPathComponent().standardizedFileURL
        let above = root.standardizedFileURL.pathComponents
        let below = Array(folder.pathComponents.dropFirst(above.count))
        if layout == .acdc {
            let name = folder.folderName
            let isTaken = patients.contains { $0.id == name }
            if patients.contains(where: { $0.folder.standardizedFileURL.path == folder.path })
                || !isTaken && below.count == 2 && ACDCLayout.parts.contains(below[0].lowercased())
            {
                return ScanName.caseID(file.imageStem, in: [name])
            }
        }
        return ScanName.caseID(
            file.imageStem, in: ScanName.folders(below, of: file.imageStem, root: root))
    }

    /// What `labels.json` names, in the folder given or where the files are: in `train`, where the folder above was given.
    private static func described(_ root: URL, part: URL?) throws(DatasetError) -> [Structure]? {
        if let found = try LabelDescription.structures(in: root) { return found }
        guard let part else { return nil }
        return try LabelDescription.structures(in: part)
    }

    /// Every frame of `folder` where that is a sequence of the Cell Tracking Challenge, in order and under the names that
    /// its data set has for them, also those without labels, which the data set leaves aside. Nil for other folders.
    ///
    /// - Throws: `DatasetError.cannotList` where a folder may not be read.
    public static func frames(ofSequence folder: URL) throws(DatasetError) -> [Case]? {
        try CellTrackingLayout.frames(of: folder)
    }

    private static func find(in root: URL, issues: inout [DatasetIssue]) throws(DatasetError) -> Found {
        if let found = try DescribedLayout.find(in: root, issues: &issues) { return found }
        var parts: [DatasetIssue] = []
        let folders = try ACDCLayout.patientFolders(in: root, issues: &parts)
        if folders.contains(where: \.hasInfo) {
            issues += parts
            return Found(
                layout: .acdc, patients: try ACDCLayout.patients(in: folders, issues: &issues),
                structures: acdcStructures)
        }
        if let found = try CellTrackingLayout.find(in: root, issues: &issues) { return found }
        let pairs = try PairsLayout.patients(in: root, issues: &issues)
        if pairs.isEmpty, let found = try ImagesLayout.find(in: root, issues: &issues) { return found }
        let isNamed = areNamedAsInACDC(pairs.flatMap(\.cases).filter { !$0.isSeries })
        return Found(layout: .pairs, patients: pairs, structures: isNamed ? acdcStructures : nil)
    }

    private static func areNamedAsInACDC(_ cases: [Case]) -> Bool {
        !cases.isEmpty
            && cases.allSatisfy { item in
                let stem = item.image.imageStem
                let name = item.frameIndex.map { stem.named(frame: $0 + 1) } ?? stem
                let folder = item.image.deletingLastPathComponent().folderName
                return name.isACDCName || ScanName.caseID(name, in: [folder]).isACDCName
            }
    }
}
