import Foundation
import Imaging
import Scans

/// What a layout knows: how to find its cases, what they are called, and how its files are to be taken.
///
/// Whoever opens a dataset asks these, and never which layout it is.
protocol DatasetLayout: Sendable {
    /// What reports call it.
    static var title: String { get }

    /// The cases in `root`; nil where the folder is in another layout.
    ///
    /// - Parameters:
    ///   - labels: reads label files, of which some tell which frames of a series are cases.
    ///   - issues: takes what is left out or is missing.
    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found?

    /// The classes of the labels where neither a description nor the layout names them.
    static func foundStructures(
        in patients: [Patient], _ labels: LabelFiles
    ) throws(DatasetError) -> [Structure]

    /// The folders that are part of the name of a case whose image is `file`, from the dataset down.
    static func folders(of file: URL, in dataset: Dataset) -> [String]

    /// Whether only the layout can tell images from labels, because a description lists them or they lie in folders of
    /// their own; otherwise their names do.
    static var ownsFolders: Bool { get }

    /// Whether the frames of a series that matter, end-diastole and end-systole, lie beside it as files of their own.
    static var keepsFramesBesideSeries: Bool { get }

    /// Whether the slices of an image are pictures of their own, whose brightness says nothing of the others.
    static var slicesAreIndependent: Bool { get }

    /// What the channels are, for programs that go by their names; nil where the dataset's names are all there is.
    static var modalities: [String]? { get }
}

extension DatasetLayout {
    static func foundStructures(
        in patients: [Patient], _ labels: LabelFiles
    ) throws(DatasetError) -> [Structure] {
        try PairsLayout.foundStructures(in: patients, labels)
    }

    static func folders(of file: URL, in dataset: Dataset) -> [String] {
        let above = dataset.root.standardizedFileURL.pathComponents
        let folder = file.deletingLastPathComponent().standardizedFileURL
        return ScanName.folders(
            Array(folder.pathComponents.dropFirst(above.count)), of: file.imageStem, root: dataset.root)
    }

    static var ownsFolders: Bool { true }
    static var keepsFramesBesideSeries: Bool { false }
    static var slicesAreIndependent: Bool { false }
    static var modalities: [String]? { nil }
}

extension Dataset.Layout {
    /// What it knows.
    var type: any DatasetLayout.Type {
        switch self {
        case .acdc: ACDCLayout.self
        case .pairs: PairsLayout.self
        case .images: ImagesLayout.self
        case .cellTracking: CellTrackingLayout.self
        case .nnunet: NNUNetLayout.self
        case .decathlon: DecathlonLayout.self
        }
    }
}

extension Dataset {
    /// Whether only the dataset can tell its images from its labels: by its description, or since they lie in folders
    /// of their own.
    package var ownsFolders: Bool {
        guard !layout.type.ownsFolders else { return true }
        func folder(_ file: URL) -> URL { file.deletingLastPathComponent().standardizedFileURL }
        return cases.contains { item in item.reference.map { folder($0) != folder(item.image) } ?? false }
    }

    /// Whether the frames of a series that matter lie beside it as files of their own.
    package var keepsFramesBesideSeries: Bool { layout.type.keepsFramesBesideSeries }

    /// Whether the slices of an image are pictures of their own, whose brightness says nothing of the others.
    public var slicesAreIndependent: Bool { layout.type.slicesAreIndependent }
}

/// What a layout finds in a folder.
struct Found {
    var layout: Dataset.Layout
    var patients: [Patient]
    /// The classes where the layout tells them; nil where label files have to.
    var structures: [Structure]?
    var channelNames = ["image"]
    var isImages = false
    /// The folder inside the one given that holds the files, such as `train`; nil where it is the one given.
    var part: URL?
    /// See `Dataset.sequences`.
    var sequences: [[String]] = []
}

extension [[Case]] {
    /// A patient for each list of cases, in the order of the lists; all cases of a list have one patient.
    func patients(in folder: URL) -> [Patient] {
        map { Patient(id: $0[0].patient, folder: folder, group: $0[0].group, cases: $0) }
    }
}

extension [Case] {
    /// The cases of each patient together, patients in the order in which they first occur.
    var byPatient: [[Case]] {
        var places: [String: Int] = [:]
        var lists: [[Case]] = []
        for item in self {
            if let place = places[item.patient] {
                lists[place].append(item)
            } else {
                places[item.patient] = lists.count
                lists.append([item])
            }
        }
        return lists
    }
}
