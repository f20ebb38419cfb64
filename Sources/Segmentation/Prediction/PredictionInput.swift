import Datasets
import Foundation
import Imaging
import NIfTI

/// An image to segment and what its prediction is called.
public struct PredictionInput: Sendable, Hashable {
    /// The files: one for each input channel, or one that holds all of them.
    public var urls: [URL]
    /// The frame meant, from 0; nil is every frame of the file.
    public var frame: Int?
    /// The page of a multi-page TIFF that is meant, from 0; nil is all of them, as slices.
    public var page: Int?
    /// Start of the names of its outputs: `patient001_frame01` gives `patient001_frame01_pred.nii.gz`.
    public var stem: String

    /// The first file.
    public var url: URL { urls[0] }
    /// Whether the image is a PNG or TIFF file, whose prediction is one as well.
    public var isPicture: Bool { ImageFile.isPicture(url) }

    /// The image at `url`; `frame` counts from 0.
    public init(_ url: URL, frame: Int? = nil) {
        urls = [url]
        self.frame = frame
        let stem = url.imageStem
        guard let frame else {
            self.stem = stem
            return
        }
        // ACDC's names: frame 4 of patient090_4d is patient090_frame04, numbered from 1.
        let series = stem.hasSuffix("_4d") ? String(stem.dropLast(3)) : stem
        self.stem = "\(series)_frame\(String(format: "%02d", frame + 1))"
    }

    /// The image of a data set's case, under the case's name, by which it is scored.
    public init(_ item: Case) {
        urls = item.images
        frame = nil
        page = item.page
        stem = item.id
    }

    /// The file of the labels: NIfTI, PNG, or for a stack of pictures TIFF.
    func predictionName(slices: Int) -> String {
        "\(stem)_pred.\(isPicture ? slices > 1 ? "tif" : "png" : "nii.gz")"
    }

    /// The file of the probabilities: NIfTI, or TIFF of 16 bits.
    var probabilitiesName: String { "\(stem)_prob.\(isPicture ? "tif" : "nii.gz")" }
}

extension PredictionInput {
    /// Endings of names that are no images to segment: labels, and this program's own outputs.
    private static let otherEndings = [
        "_gt", "-gt", "_seg", "_mask", "_label", "_pred", "_prob", "_overlay",
    ]

    /// Images among `urls`: files as they are, folders searched through.
    ///
    /// A folder that is a data set of pictures or of channels in files of their own gives its cases. In any other,
    /// labels (`_gt`, `-gt`, `_seg`, `_mask`, `_label`) and this program's own outputs (`_pred`, `_prob`, `_overlay`) are
    /// no images, and 4D series are left aside: they are segmented when named.
    /// - Throws: `SegmentationError.noInput` for a file or folder that is not there, `.nothingToPredict` for a folder
    ///   without images, `.sameOutput` where two would have one name.
    public static func find(_ urls: [URL], frame: Int? = nil) throws -> [PredictionInput] {
        var inputs: [PredictionInput] = []
        for url in urls {
            var isFolder: ObjCBool = false
            let path = url.path(percentEncoded: false)
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw SegmentationError.noInput(path: path)
            }
            let found =
                try isFolder.boolValue
                ? (frame == nil ? cases(in: url) : nil)
                    ?? images(in: url).map { PredictionInput($0, frame: frame) }
                : [PredictionInput(url, frame: frame)]
            guard !found.isEmpty else { throw SegmentationError.nothingToPredict(path: path) }
            inputs += found
        }
        try checkNames(inputs)
        return inputs
    }

    /// Refuses inputs whose predictions would have one name.
    ///
    /// - Throws: `SegmentationError.sameOutput` for the first two.
    public static func checkNames(_ inputs: [PredictionInput]) throws(SegmentationError) {
        var seen: [String: URL] = [:]
        for input in inputs {
            if let other = seen.updateValue(input.url, forKey: input.stem) {
                throw SegmentationError.sameOutput(
                    path: input.predictionName(slices: 1), first: other.path(percentEncoded: false),
                    second: input.url.path(percentEncoded: false))
            }
        }
    }

    /// The cases of a folder whose layout says which files belong together.
    private static func cases(in root: URL) throws(DatasetError) -> [PredictionInput]? {
        if let frames = try DataSet.frames(ofSequence: root) { return frames.map { PredictionInput($0) } }
        // What labels mean is of no interest here, and finding it out would read all of them.
        let dataSet: DataSet
        do throws(DatasetError) {
            dataSet = try DataSet(contentsOf: root, structures: [Structure(name: "any", label: 1)])
        } catch {
            if case .empty = error { return nil }
            throw error
        }
        guard [.acdc, .pairs].contains(dataSet.layout) else {
            return dataSet.cases.map { PredictionInput($0) }
        }
        // With labels in a folder of their own, only the data set knows which files are images.
        func folder(_ file: URL) -> URL { file.deletingLastPathComponent().standardizedFileURL }
        let hasLabelFolder = dataSet.cases.contains { item in
            item.reference.map { folder($0) != folder(item.image) } ?? false
        }
        if hasLabelFolder { return dataSet.cases.map { PredictionInput($0) } }
        // Frames that the data set leaves aside are predicted too; those that it has go by its names.
        let cases = Dictionary(
            dataSet.cases.map { ($0.image.standardizedFileURL, $0) }, uniquingKeysWith: { first, _ in first })
        return images(in: root).map { url in
            cases[url.standardizedFileURL].map { PredictionInput($0) } ?? PredictionInput(url)
        }
    }

    private static func images(in folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        let images = (files?.compactMap { $0 as? URL } ?? []).filter { url in
            guard url.hasNIfTIEnding || ImageFile.isPicture(url) else { return false }
            let stem = url.imageStem
            guard !otherEndings.contains(where: stem.hasSuffix) else { return false }
            guard url.hasNIfTIEnding else { return true }
            // A header that cannot be read is no reason to hide the file: predicting it will say what is wrong.
            return (try? NIfTIHeader(contentsOf: url))?.frameCount ?? 1 == 1
        }
        return images.sorted { $0.path < $1.path }
    }
}

extension URL {
    /// Whether the name ends as NIfTI images do; of a pair only the `.hdr` counts.
    var hasNIfTIEnding: Bool {
        let name = lastPathComponent.lowercased()
        return [".nii", ".nii.gz", ".hdr", ".hdr.gz"].contains { name.hasSuffix($0) && name.count > $0.count }
    }
}
