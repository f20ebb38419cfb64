import Foundation
import Imaging
import Scans

/// A folder of scans or pictures and their labels.
///
/// These layouts are detected automatically:
/// - **ACDC**: patient folders with an `Info.cfg` that names the frames of end-diastole and end-systole, in the folder
///   itself, in its `training`, or else in its `testing`. For each patient, `…_frameNN.nii(.gz)` and `…_frameNN_gt` are
///   used, and the 4D series is skipped.
/// - **Pairs**: any `X.nii` or `X.nii.gz` with labels `X_gt`, `X-gt` or `X_seg`, in the folder or up to four folders
///   below. `X_frameNN` is a frame of patient X, `X_ED` and `X_ES` are phases of patient X, `X_sa` and `X_4d` are scans
///   of patient X, and any other name is its own patient; files in a subfolder, and in its subfolders, belong to one
///   patient with the folder's name. Or images in a folder `images` with labels of the same names in `labels`. Frames
///   of 4D images are cases if they have labels, in a 4D file or as `X_frameNN_gt`; a series without labels is a case
///   that can be predicted.
/// - **Images**: PNG and TIFF files in a folder `images` with labels of the same names in `labels` or `masks`, or
///   `X.png` next to `X_mask.png`; the same in a folder `train`. Every page of a multi-page TIFF is a case.
/// - **Cell tracking**: sequences `01/t000.tif` with labels `01_GT/SEG/man_seg000.tif` that number the cells.
/// - **nnU-Net** and **Decathlon**: `imagesTr`, `labelsTr` and `dataset.json`. The folder represents its training
///   cases; open its `imagesTs` for the test images.
///
/// The meaning of labels is given by `structures`, by a file `labels.json` in the folder
/// (`{"labels": {"RV": 1, "MYO": 2, "LV": 3}}`), or by the layout: by `dataset.json`; in ACDC, and in pairs that are
/// all named like ACDC's files, 1 is the right ventricle's cavity, 2 the myocardium and 3 the left ventricle's cavity;
/// numbered cells are `cell`. For others, the label files are read: NIfTI files can name their labels, as predictions
/// of this program do; otherwise the labels in them are named "label 1", "label 2" and so on, or "foreground" if
/// pictures have only 0 and 255. A file that names its labels differently from the dataset is refused when it is
/// loaded, unless `structures` were given.
///
/// Hidden files are skipped. Only the folders, their descriptions and (for pairs and images) headers and labels are
/// read before a case is loaded.
public struct Dataset: Sendable {
    /// The layout of a dataset's files.
    public enum Layout: String, Codable, Sendable {
        /// Patient folders with `Info.cfg`.
        case acdc
        /// Images next to their labels.
        case pairs
        /// Pictures (PNG or TIFF), in folders of images and labels or next to their masks.
        case images
        /// The Cell Tracking Challenge's sequences `01`, with `01_GT`.
        case cellTracking
        /// nnU-Net's raw folders.
        case nnunet
        /// The Medical Segmentation Decathlon's folders.
        case decathlon
    }

    /// The source of the meaning of labels.
    public enum Naming: Sendable, Hashable {
        /// The caller, whatever the folder says.
        case stated
        /// The folder: `labels.json`, `dataset.json`, or its layout.
        case described
        /// Only the label files.
        case found
    }

    /// The folder that was opened.
    public let root: URL
    /// The layout of the files.
    public let layout: Layout
    /// The classes of the labels, without background, in the order of their labels.
    public let structures: [Structure]
    /// The source of the meaning of labels.
    public let naming: Naming
    /// The names of the channels of every case: from `dataset.json`, `red`, `green` and `blue` for color pictures, or
    /// `image`.
    public let channelNames: [String]
    /// Whether the cases are pictures (PNG or TIFF): distances are in pixels, and predictions are pictures too.
    public let isImages: Bool
    /// All patients, in the order of their names: the units that a split keeps together. Each picture is its own
    /// patient unless a folder groups it with others; so are frames and pages, with their order in `sequences`.
    public let patients: [Patient]
    /// Patients that follow each other in one recording or stack, in order, so that neighbors are alike: the pages of
    /// each stack, the frames of each sequence, or consecutively numbered pictures. Empty if there are none.
    public let sequences: [[String]]
    /// The issues of the folder, such as missing or skipped files, in the order in which they were found.
    public let issues: [DatasetIssue]

    /// The classes of ACDC.
    public static let acdcStructures = [
        Structure(name: "RV", label: 1), Structure(name: "MYO", label: 2), Structure(name: "LV", label: 3),
    ]

    /// The number of channels of every case.
    public var channelCount: Int { channelNames.count }

    /// Whether labels number objects, as in the Cell Tracking Challenge, instead of naming classes.
    public var hasInstances: Bool { patients.contains { $0.cases.contains(where: \.hasInstances) } }

    /// Whether the phase of any case is known; otherwise nothing can be chosen by phase.
    public var knowsPhases: Bool { cases.contains { $0.phase != nil } }

    /// All cases, patient by patient.
    public var cases: [Case] { patients.flatMap(\.cases) }

    /// Returns the cases of `phases`, patient by patient.
    public func cases(phases: PhaseSelection) -> [Case] { cases.filter { phases.includes($0.phase) } }

    /// Opens the folder `root`.
    ///
    /// - Parameters:
    ///   - root: a folder in one of the layouts above, or a single patient's folder.
    ///   - structures: the classes, if the folder does not give them or gives wrong ones.
    ///   - instances: whether the labels of pictures number objects, as 16-bit instance masks do, instead of naming
    ///     classes. All objects are then of one structure, `cell` unless the folder or `structures` name it.
    /// - Throws: `DatasetError` if the folder does not exist, contains no images, or has an invalid `labels.json`;
    ///   `.instancesOfScans` and `.objectsOfSeveralClasses` if labels cannot number objects.
    public init(
        contentsOf root: URL, structures: [Structure]? = nil, instances: Bool = false
    ) throws(DatasetError) {
        try self.init(root, meaning: structures.map { .given($0) } ?? .found, instances: instances)
    }

    /// Opens the folder `root` only for its images: the meaning of labels is not determined, so `structures` is empty
    /// and cases cannot be loaded with their labels. Labels still decide which frames of 4D series are cases.
    ///
    /// - Throws: `DatasetError` if the folder does not exist or contains no images.
    public init(imagesIn root: URL) throws(DatasetError) {
        try self.init(root, meaning: .notNeeded, instances: false)
    }

    /// Where to find the meaning of labels.
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
            // Files that cannot be used may be all there is.
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

    /// Returns the case name of an image given by itself: its file name, or `patient005_frame01` if `file` is
    /// `patient005/frame01.nii`.
    package static func caseID(ofFile file: URL) -> String {
        let folder = file.deletingLastPathComponent()
        return ScanName.caseID(
            file.imageStem, in: ScanName.folders([], of: file.imageStem, root: folder))
    }

    /// Returns the name of a case of the image `file`, in this folder or below, even if the dataset skips it.
    package func caseID(of file: URL) -> String {
        ScanName.caseID(file.imageStem, in: layout.type.folders(of: file, in: self))
    }

    /// Reads the structures in `labels.json`, in the given folder or next to the files: in `train`, if the folder above
    /// was given.
    private static func described(_ root: URL, part: URL?) throws(DatasetError) -> [Structure]? {
        if let found = try LabelDescription.structures(in: root) { return found }
        guard let part else { return nil }
        return try LabelDescription.structures(in: part)
    }

    /// Returns every frame of `folder` if that is a sequence of the Cell Tracking Challenge, in order and with the
    /// names used in its dataset, including frames without labels, which the dataset skips. Nil for other folders.
    ///
    /// - Throws: `DatasetError.cannotList` if a folder cannot be read.
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

    /// All layouts, in the order in which a folder is checked for them.
    private static let layouts: [any DatasetLayout.Type] = [
        NNUNetLayout.self, DecathlonLayout.self, ACDCLayout.self, CellTrackingLayout.self, PairsLayout.self,
        ImagesLayout.self,
    ]
}
