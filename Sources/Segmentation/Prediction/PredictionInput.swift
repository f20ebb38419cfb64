import Datasets
import Foundation
import NIfTI

/// An image to segment and what its prediction is called.
public struct PredictionInput: Sendable, Hashable {
    /// The NIfTI file.
    public var url: URL
    /// The frame meant, from 0; nil is every frame of the file.
    public var frame: Int?
    /// Start of the names of its outputs: `patient001_frame01` gives `patient001_frame01_pred.nii.gz`.
    public var stem: String

    /// The image at `url`; `frame` counts from 0.
    public init(_ url: URL, frame: Int? = nil) {
        self.url = url
        self.frame = frame
        let stem = url.niftiStem
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
        url = item.image
        frame = nil
        stem = item.id
    }

    /// Images among `urls`: files as they are, folders searched through.
    ///
    /// In a folder, labels (`_gt`, `-gt`, `_seg`) and this program's own outputs (`_pred`, `_prob`) are no images, and
    /// 4D series are left aside: they are segmented when named.
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
            let files = isFolder.boolValue ? images(in: url) : [url]
            guard !files.isEmpty else { throw SegmentationError.nothingToPredict(path: path) }
            inputs += files.map { PredictionInput($0, frame: frame) }
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
                    path: "\(input.stem)_pred.nii.gz", first: other.path(percentEncoded: false),
                    second: input.url.path(percentEncoded: false))
            }
        }
    }

    private static func images(in folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        let images = (files?.compactMap { $0 as? URL } ?? []).filter { url in
            guard url.hasNIfTIEnding else { return false }
            let stem = url.niftiStem
            guard !["_gt", "-gt", "_seg", "_pred", "_prob"].contains(where: stem.hasSuffix) else {
                return false
            }
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

    /// The name without `.nii`, `.nii.gz` and the like.
    var niftiStem: String {
        let name = lastPathComponent
        for ending in [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img"]
        where name.lowercased().hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
