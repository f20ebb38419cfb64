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
    static func folders(of file: URL, in dataSet: DataSet) -> [String]

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

    static func folders(of file: URL, in dataSet: DataSet) -> [String] {
        let above = dataSet.root.standardizedFileURL.pathComponents
        let folder = file.deletingLastPathComponent().standardizedFileURL
        return ScanName.folders(
            Array(folder.pathComponents.dropFirst(above.count)), of: file.imageStem, root: dataSet.root)
    }

    static var ownsFolders: Bool { true }
    static var keepsFramesBesideSeries: Bool { false }
    static var slicesAreIndependent: Bool { false }
    static var modalities: [String]? { nil }
}

extension DataSet.Layout {
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

extension DataSet {
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
