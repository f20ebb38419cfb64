import Datasets
import Files
import Foundation
import Scans

/// An image to segment and what its prediction is called.
public struct PredictionInput: Sendable, Hashable {
    /// The files: one for each input channel, or one that holds all of them.
    public var urls: [URL]
    /// The frame meant, from 0; nil is every frame of the file.
    public var frame: Int?
    /// The page of a multi-page TIFF that is meant, from 0; nil is all of them, as slices.
    public var page: Int?
    /// Where that page is in the file; nil where it is not known.
    var pageOffset: UInt64?
    /// Start of the names of its outputs: `patient001_frame01` gives `patient001_frame01_pred.nii.gz`.
    public var stem: String

    /// The first file.
    public var url: URL { urls[0] }
    /// Whether the image is a PNG or TIFF file, whose prediction is one as well.
    public var isPicture: Bool { ScanFormat.isPicture(url) }

    /// The image at `url`; `frame` counts from 0.
    ///
    /// Names are ACDC's: frame 4 of `patient090_4d` is `patient090_frame04`, numbered from 1. A file called by its frame
    /// or phase alone, such as `frame04` or `ED`, has its folder's name before it.
    public init(_ url: URL, frame: Int? = nil) {
        self.init(url, frame: frame, stem: Dataset.caseID(ofFile: url))
    }

    /// The image of a dataset's case, under the case's name, by which it is scored.
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

    /// The file of the labels: NIfTI, PNG, or for a stack of pictures TIFF.
    package func predictionName(slices: Int) -> String {
        "\(stem)_pred.\(isPicture ? slices > 1 ? "tif" : "png" : "nii.gz")"
    }

    /// The file of the probabilities: NIfTI, or TIFF of 16 bits.
    package var probabilitiesName: String { "\(stem)_prob.\(isPicture ? "tif" : "nii.gz")" }
}

extension PredictionInput {
    /// What was found to segment.
    public struct Search: Sendable {
        /// The images.
        public var inputs: [PredictionInput] = []
        /// What was skipped or cannot be taken.
        public var issues: [DatasetIssue] = []
    }

    /// Images among `urls`: files as they are, folders searched through.
    ///
    /// A folder gives the cases of its dataset under their names, and the images that the dataset skips: labels
    /// (`_gt`, `-gt`, `_seg`, `_mask`, `_label`) and this program's own outputs (`_pred`, `_prob`, `_overlay`) are no
    /// images, and neither is what lies in folders of labels below (`labels`, `labelsTr`, `masks`, and those that a
    /// `dataset.json` calls so). Of a 4D series that has labels, those frames are found that have them; of one without, every frame, unless
    /// frames of it are there as files of their own.
    /// - Throws: `SegmentationError.noInput` for a file or folder that is not there, `.nothingToPredict` for a folder
    ///   without images, `.sameOutput` and `.sameFrame` where two would have one name.
    public static func find(_ urls: [URL], frame: Int? = nil) throws -> [PredictionInput] {
        try search(urls, frame: frame).inputs
    }

    /// Images among `urls`, as `find(_:frame:)` finds them, and what was skipped.
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
            // A description knows which files are images.
            ![.pairs, .images].contains(dataset.layout) || !folder.isAmongLabels(file)
        }
        let issues = dataset.issues.filter(\.isOfInterestToPredict)
        if let frame {
            // One frame of every series, whatever the dataset knows of frames; of other files only where there is none.
            let files =
                dataset.ownsFolders ? dataset.cases.map(\.image).unique.filter(isScan) : folder.images
            let series = files.filter(\.isSeries)
            let inputs = (series.isEmpty ? files : series).map {
                PredictionInput($0, frame: frame, stem: dataset.caseID(of: $0))
            }
            return Search(inputs: inputs, issues: issues.filter(\.isStray))
        }
        // Where the layout says which files belong together, or labels have folders of their own, only the dataset
        // knows which files are images.
        guard !dataset.ownsFolders else {
            let cases = dataset.cases.filter { isScan($0.image) }
            // Folders whose files are the labels of images are nothing to be told of.
            let skipped =
                cases.count == dataset.cases.count
                ? [] : folder.labels.filter { found in dataset.cases.contains { found.holds($0.image) } }
            return Search(
                inputs: cases.map { PredictionInput($0) },
                issues: issues + skipped.map(\.issue) + cases.onlyLabeledFrames)
        }
        // Frames that the dataset skips are predicted too; those that it has go by its names.
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
                // ACDC's patients have their frames as files beside the series.
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

    /// Whether it is about something that cannot be an image, whatever it is.
    fileprivate var isStray: Bool {
        switch self {
        case .undecodableName, .sameNameInUnicode, .notAFile: true
        default: false
        }
    }
}

extension [Case] {
    /// Series of which only the frames with labels are cases.
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
    /// Whether the file is a 4D image. A header that cannot be read is no reason to hide it: predicting it will say what
    /// is wrong.
    fileprivate var isSeries: Bool {
        hasNIfTIEnding && ((try? ScanHeader(contentsOf: self))?.frameCount ?? 1) > 1
    }
}
