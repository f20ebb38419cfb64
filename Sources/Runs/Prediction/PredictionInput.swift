import Datasets
import Files
import Foundation
import Scans

/// An image to segment and the name of its prediction.
public struct PredictionInput: Sendable, Hashable {
    /// The files: one for each input channel, or one with all of them.
    public var urls: [URL]
    /// The frame to predict, from 0; nil for every frame of the file.
    public var frame: Int?
    /// The page of a multi-page TIFF to predict, from 0; nil for all of them, as slices.
    public var page: Int?
    /// The offset of that page in the file; nil if unknown.
    var pageOffset: UInt64?
    /// The start of the outputs' names: `patient001_frame01` gives `patient001_frame01_pred.nii.gz`.
    public var stem: String

    /// The first file.
    public var url: URL { urls[0] }
    /// Whether the image is a PNG or TIFF file, whose prediction is one too.
    public var isPicture: Bool { ScanFormat.isPicture(url) }

    /// Creates an input from the image at `url`; `frame` counts from 0.
    ///
    /// Names follow ACDC: frame 4 (from 1) of `patient090_4d` is `patient090_frame04`. A file named only for its frame
    /// or phase, such as `frame04` or `ED`, is prefixed with the name of its folder.
    public init(_ url: URL, frame: Int? = nil) {
        self.init(url, frame: frame, stem: Dataset.caseID(ofFile: url))
    }

    /// Creates an input from a dataset's case, under the case's name, by which it is scored.
    public init(_ item: Case) {
        urls = item.images
        frame = item.frameIndex
        page = item.page
        pageOffset = item.pageOffsets.image
        stem = item.id
    }

    fileprivate init(_ url: URL, frame: Int?, stem: String) {
        urls = [url]
        self.frame = frame
        self.stem = frame.map { stem.named(frame: $0 + 1) } ?? stem
    }

    /// Returns the name of the file of labels: NIfTI, PNG, or, for a stack of pictures, TIFF.
    package func predictionName(slices: Int) -> String {
        "\(stem)_pred.\(isPicture ? slices > 1 ? "tif" : "png" : "nii.gz")"
    }

    /// The name of the file of probabilities: NIfTI, or 16-bit TIFF.
    package var probabilitiesName: String { "\(stem)_prob.\(isPicture ? "tif" : "nii.gz")" }
}

extension PredictionInput {
    /// The result of a search for images.
    public struct Search: Sendable {
        /// The images.
        public var inputs: [PredictionInput] = []
        /// Files and folders that were skipped or cannot be used.
        public var issues: [DatasetIssue] = []
    }

    /// Returns the images among `urls`: files as they are, and folders searched recursively.
    ///
    /// A folder yields the cases of its dataset under their names, and the images that the dataset skips. Labels
    /// (`_gt`, `-gt`, `_seg`, `_mask`, `_label`), this program's own outputs (`_pred`, `_prob`, `_overlay`), and the
    /// contents of subfolders of labels (`labels`, `labelsTr`, `masks`, and those that a `dataset.json` lists) are not
    /// images. A 4D series with labels yields its labeled frames; one without yields every frame, unless some of its
    /// frames exist as separate files.
    /// - Throws: `SegmentationError.noInput` for a missing file or folder, `.nothingToPredict` for a folder without
    ///   images, `.sameOutput` and `.sameFrame` if two would have the same name.
    public static func find(_ urls: [URL], frame: Int? = nil) throws -> [PredictionInput] {
        try search(urls, frame: frame).inputs
    }

    /// Returns the images that `find(_:frame:)` finds among `urls`, and what was skipped.
    public static func search(_ urls: [URL], frame: Int? = nil) throws -> Search {
        var search = Search()
        for url in urls {
            var isFolder: ObjCBool = false
            let path = url.path(percentEncoded: false)
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw SegmentationError.noInput(path: path)
            }
            guard isFolder.boolValue else {
                search.inputs.append(PredictionInput(url, frame: frame))
                continue
            }
            let found = try inputs(in: url, frame: frame)
            guard !found.inputs.isEmpty else { throw SegmentationError.nothingToPredict(path: path) }
            search.inputs += found.inputs
            search.issues += found.issues
        }
        try checkNames(search.inputs)
        return search
    }

    private static func inputs(in root: URL, frame: Int?) throws(DatasetError) -> Search {
        if let frames = try Dataset.frames(ofSequence: root) {
            return Search(inputs: frames.map { PredictionInput($0) })
        }
        let dataset: Dataset
        do throws(DatasetError) { dataset = try Dataset(imagesIn: root) } catch {
            guard case .empty = error else { throw error }
            let folder = ImageFolder(root)
            return Search(
                inputs: folder.images.map { PredictionInput($0, frame: frame) },
                issues: folder.labels.map(\.issue))
        }
        lazy var folder = ImageFolder(root)
        func isScan(_ file: URL) -> Bool {
            // Other layouts have a description of which files are images.
            ![.pairs, .images].contains(dataset.layout) || !folder.isAmongLabels(file)
        }
        let issues = dataset.issues.filter(\.isOfInterestToPredict)
        if let frame {
            // One frame of every series, regardless of the dataset's frames; other files only if there is no series.
            let files =
                dataset.ownsFolders ? dataset.cases.map(\.image).unique.filter(isScan) : folder.images
            let series = files.filter(\.isSeries)
            let inputs = (series.isEmpty ? files : series).map {
                PredictionInput($0, frame: frame, stem: dataset.caseID(of: $0))
            }
            return Search(inputs: inputs, issues: issues.filter(\.isStray))
        }
        // If the layout defines which files belong together, or labels have folders of their own, only the dataset
        // knows which files are images.
        guard !dataset.ownsFolders else {
            let cases = dataset.cases.filter { isScan($0.image) }
            // Folders whose files are the labels of images are not worth reporting.
            let skipped =
                cases.count == dataset.cases.count
                ? [] : folder.labels.filter { found in dataset.cases.contains { found.holds($0.image) } }
            return Search(
                inputs: cases.map { PredictionInput($0) },
                issues: issues + skipped.map(\.issue) + cases.onlyLabeledFrames)
        }
        // Frames that the dataset skips are predicted too; those that it has keep its names.
        let cases = Dictionary(grouping: dataset.cases) { $0.image.standardizedFileURL }
        let aside = Set(issues.compactMap { if case .series(let path, _) = $0 { path } else { nil } })
        var search = Search(
            issues: issues + folder.labels.map(\.issue) + dataset.cases.onlyLabeledFrames)
        for url in folder.images {
            if let found = cases[url.standardizedFileURL] {
                search.inputs += found.map { PredictionInput($0) }
            } else if aside.contains(url.relativePath) {
                continue
            } else if dataset.keepsFramesBesideSeries, url.isSeries {
                // In ACDC, patients have their frames as files beside the series.
                let frames = (try? ScanHeader(contentsOf: url))?.frameCount ?? 1
                search.issues.append(.series(path: url.relativePath, frames: frames))
            } else {
                search.inputs.append(PredictionInput(url, frame: nil, stem: dataset.caseID(of: url)))
            }
        }
        return search
    }
}

extension DatasetIssue {
    /// Whether it is about an image that is not predicted.
    fileprivate var isOfInterestToPredict: Bool {
        if case .series = self { return true }
        return isStray
    }

    /// Whether it is about something that cannot be an image.
    fileprivate var isStray: Bool {
        switch self {
        case .undecodableName, .sameNameInUnicode, .notAFile: true
        default: false
        }
    }
}

extension [Case] {
    /// Series with only their labeled frames as cases.
    fileprivate var onlyLabeledFrames: [DatasetIssue] {
        let series = Dictionary(grouping: filter { $0.frameIndex != nil && $0.reference != nil }, by: \.image)
        return series.sorted { $0.key.path < $1.key.path }.compactMap { image, frames in
            frames.count < frames[0].frameCount
                ? .labeledFrames(
                    path: image.relativePath, labeled: frames.count, frames: frames[0].frameCount) : nil
        }
    }
}

extension [URL] {
    /// Each file once, in the order in which it first occurs.
    fileprivate var unique: [URL] {
        var seen: Set<URL> = []
        return filter { seen.insert($0).inserted }
    }
}

extension URL {
    /// Whether the file is a 4D image. An unreadable header does not hide the file: predicting it reports the error.
    fileprivate var isSeries: Bool {
        hasNIfTIEnding && ((try? ScanHeader(contentsOf: self))?.frameCount ?? 1) > 1
    }
}
