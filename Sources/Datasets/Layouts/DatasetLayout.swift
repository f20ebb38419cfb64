import Foundation
import Imaging
import Scans

/// A layout of datasets: how to find its cases, name them, and interpret its files.
///
/// Callers use these requirements, and never check which layout a dataset has.
protocol DatasetLayout: Sendable {
    /// The name in reports.
    static var title: String { get }

    /// Returns the cases in `root`; nil if the folder has another layout.
    ///
    /// - Parameters:
    ///   - labels: reads label files; some determine which frames of a series are cases.
    ///   - issues: receives what is left out or missing.
    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found?

    /// Returns the classes of the labels if neither a description nor the layout names them.
    static func foundStructures(
        in patients: [Patient], _ labels: LabelFiles
    ) throws(DatasetError) -> [Structure]

    /// Returns the folders that are part of the name of a case with the image `file`, from the dataset down.
    static func folders(of file: URL, in dataset: Dataset) -> [String]

    /// Whether only the layout can tell images from labels, because a description lists them or they are in separate
    /// folders; otherwise their names tell.
    static var ownsFolders: Bool { get }

    /// Whether the relevant frames of a series, end-diastole and end-systole, are separate files next to it.
    static var keepsFramesBesideSeries: Bool { get }

    /// Whether the slices of an image are independent pictures with unrelated brightness.
    static var slicesAreIndependent: Bool { get }

    /// The channels' modalities, for programs that go by their names; nil if only the dataset's names are known.
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
    /// The implementation of the layout.
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
    /// Whether only the dataset can tell its images from its labels: by its description, or because they are in
    /// separate folders.
    package var ownsFolders: Bool {
        guard !layout.type.ownsFolders else { return true }
        func folder(_ file: URL) -> URL { file.deletingLastPathComponent().standardizedFileURL }
        return cases.contains { item in item.reference.map { folder($0) != folder(item.image) } ?? false }
    }

    /// Whether the relevant frames of a series are separate files next to it.
    package var keepsFramesBesideSeries: Bool { layout.type.keepsFramesBesideSeries }

    /// Whether the slices of an image are independent pictures with unrelated brightness.
    public var slicesAreIndependent: Bool { layout.type.slicesAreIndependent }
}

/// The contents of a folder as found by a layout.
struct Found {
    var layout: Dataset.Layout
    var patients: [Patient]
    /// The classes, if the layout gives them; nil if label files have to.
    var structures: [Structure]?
    var channelNames = ["image"]
    var isImages = false
    /// The folder with the files inside the given one, such as `train`; nil if it is the given one.
    var part: URL?
    /// See `Dataset.sequences`.
    var sequences: [[String]] = []
}

extension [[Case]] {
    /// Returns a patient for each list of cases, in the order of the lists; all cases of a list must have one patient.
    func patients(in folder: URL) -> [Patient] {
        map { Patient(id: $0[0].patient, folder: folder, group: $0[0].group, cases: $0) }
    }
}

extension [Case] {
    /// The cases grouped by patient, in the order in which patients first occur.
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
