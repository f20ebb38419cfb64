import Datasets
import Files
import Foundation
import Scans

/// The predictions in a folder: files, and the frames of series.
struct PredictionFiles {
    /// A file of predictions.
    struct File {
        /// `X` of `X_pred.nii.gz` and of `X.nii.gz`.
        var name: String
        var url: URL
        /// The cases that it predicts: its own, or one for each frame of a series, counted from 0.
        var frames: [(name: String, index: Int?)]

        /// Whether it is a series, each frame of which is a case.
        var isSeries: Bool { frames.first?.index != nil || frames.isEmpty }
    }

    /// The files, in the order of their names.
    private(set) var files: [File] = []
    /// Warnings of skipped frames.
    private(set) var warnings: [EvaluationWarning] = []

    /// All cases with a prediction.
    var names: [String] { files.flatMap { $0.frames.map(\.name) } }

    /// Finds the predictions in `folder` that are of the kind of `truth`: NIfTI files or pictures.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` if there is none.
    init(in folder: URL, truth: Dataset) throws(SegmentationError) {
        let found = try Self.files(in: folder, arePictures: truth.isImages)
        let single = Set(truth.cases.filter { !$0.isSeries }.map(\.id))
        var owners = Dictionary(found.map { ($0.name, $0.url) }) { first, _ in first }
        for (name, url) in found {
            // Unreadable files fail when they are scored, and so do series where the dataset has one frame.
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

    /// Returns the files that can be predictions, sorted by case. `X_pred` takes precedence over a plain `X`.
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
        // Entries are sorted, so the choice between two files with the same stem is the same on every disk: .nii.gz
        // wins.
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
