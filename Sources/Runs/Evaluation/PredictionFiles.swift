import Datasets
import Files
import Foundation
import Scans

/// The predictions in a folder: files, and of series their frames.
struct PredictionFiles {
    /// One file.
    struct File {
        /// `X` of `X_pred.nii.gz` and of `X.nii.gz`.
        var name: String
        var url: URL
        /// The cases that it holds predictions of: itself, or of a series one for each frame, counted from 0.
        var frames: [(name: String, index: Int?)]

        /// Whether it is a series of which each frame is a case.
        var isSeries: Bool { frames.first?.index != nil || frames.isEmpty }
    }

    /// The files, in the order of their names.
    private(set) var files: [File] = []
    /// Frames that are skipped.
    private(set) var warnings: [EvaluationWarning] = []

    /// All cases that there is a prediction of.
    var names: [String] { files.flatMap { $0.frames.map(\.name) } }

    /// Finds the predictions in `folder` of the kind that `truth` has: NIfTI files, or pictures.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` where there is none.
    init(in folder: URL, truth: Dataset) throws(SegmentationError) {
        let found = try Self.files(in: folder, arePictures: truth.isImages)
        let single = Set(truth.cases.filter { !$0.isSeries }.map(\.id))
        var owners = Dictionary(found.map { ($0.name, $0.url) }) { first, _ in first }
        for (name, url) in found {
            // What cannot be read says so when it is scored; and so does a series where the dataset has one frame.
            guard !truth.isImages, !single.contains(name),
                let count = try? ScanHeader(contentsOf: url).frameCount, count > 1
            else {
                files.append(File(name: name, url: url, frames: [(name, nil)]))
                continue
            }
            var frames: [(name: String, index: Int?)] = []
            var aside: [String] = []
            var other: URL?
            for index in 0..<count {
                let frame = name.named(frame: index + 1)
                if let owner = owners[frame] {
                    aside.append(frame)
                    other = other ?? owner
                } else {
                    owners[frame] = url
                    frames.append((frame, index))
                }
            }
            files.append(File(name: name, url: url, frames: frames))
            if let first = aside.first, let other {
                let more = aside.count - 1
                warnings.append(
                    .framesSkipped(
                        prediction: url.path(percentEncoded: false), first: first, others: more,
                        kept: other.path(percentEncoded: false)))
            }
        }
    }

    /// Files that may be predictions, by case, in order. A plain `X` gives way to `X_pred`.
    private static func files(
        in folder: URL, arePictures: Bool
    ) throws(SegmentationError) -> [(name: String, url: URL)] {
        let path = folder.path(percentEncoded: false)
        let listing: Folder.Listing
        do { listing = try Folder.list(folder) } catch {
            throw .nothingToEvaluate(path: path, .notAFolder)
        }
        var plain: [String: URL] = [:]
        var named: [String: URL] = [:]
        var hasOthers = false
        // They are sorted, so that of two files with one stem the choice does not depend on the disk: .nii.gz wins.
        for entry in listing.distinct where entry.kind == .file {
            let url = folder.appending(path: entry.name)
            guard url.hasNIfTIEnding || ScanFormat.isPicture(url) else { continue }
            let stem = url.imageStem
            if ["_prob", "_gt", "-gt", "_seg", "_overlay"].contains(where: stem.hasSuffix) { continue }
            guard ScanFormat.isPicture(url) == arePictures else {
                hasOthers = true
                continue
            }
            if stem.hasSuffix("_pred") { named[String(stem.dropLast(5))] = url } else { plain[stem] = url }
        }
        let files = plain.merging(named) { _, pred in pred }.map { (name: $0.key, url: $0.value) }
        guard files.isEmpty else { return files.sorted { $0.name < $1.name } }
        throw .nothingToEvaluate(
            path: path, !hasOthers ? .noPrediction : arePictures ? .onlyNIfTI : .onlyPictures)
    }
}
