import Foundation
import Imaging
import Scans

/// The Cell Tracking Challenge's layout of sequences: `01/t000.tif` with `01_GT/SEG/man_seg000.tif`.
///
/// Gold truth is in `01_GT`; silver truth, from `01_ST`, is used for frames without gold truth. The labels number the
/// cells. Most sequences have labels for only a few frames; the others are skipped, and so are single labeled slices of
/// volumes (`man_seg_000_012.tif`).
enum CellTrackingLayout: DatasetLayout {
    static let title = "Cell Tracking Challenge"
    static let structures = [Structure(name: "cell", label: 1)]

    /// Returns the sequences in `root`, or `root` itself if it is one; nil if there are none.
    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found? {
        var sequences: [[Case]] = []
        // A dataset of 2012 may be named 2012: its folders are then the sequences.
        let frames = root.lastPathComponent.isSequenceName ? try numbered(root, prefix: "t") : [:]
        let folders =
            !frames.isEmpty
            ? [root] : try root.visibleEntries().filter { $0.lastPathComponent.isSequenceName }
        for folder in folders where folder.isFolder {
            let frames = try numbered(folder, prefix: "t")
            if !frames.isEmpty { sequences.append(try cases(of: frames, in: folder, issues: &issues)) }
        }
        guard !sequences.isEmpty else { return nil }
        if sequences.contains(where: { $0.contains { $0.reference != nil } }) {
            for (index, frames) in sequences.enumerated() {
                let labeled = frames.filter { $0.reference != nil }
                if labeled.count < frames.count {
                    issues.append(
                        .unlabeledFrames(
                            folder: frames[0].image.deletingLastPathComponent().relativePath,
                            count: frames.count - labeled.count, total: frames.count))
                }
                sequences[index] = labeled
            }
            sequences.removeAll(where: \.isEmpty)
        } else {
            issues.append(.noReferences(folder: root.relativePath, count: sequences.joined().count))
        }
        // Frames are patients, so that splits can separate them if there are fewer sequences than folds.
        return Found(
            layout: .cellTracking, patients: sequences.flatMap { $0 }.map { [$0] }.patients(in: root),
            structures: structures, isImages: true, sequences: sequences.map { $0.map(\.patient) })
    }

    /// Returns every frame of the sequence `folder`, with or without labels; nil if it is not a sequence.
    static func frames(of folder: URL) throws(DatasetError) -> [Case]? {
        guard folder.lastPathComponent.isSequenceName, folder.isFolder else { return nil }
        let frames = try numbered(folder, prefix: "t")
        var issues: [DatasetIssue] = []
        return frames.isEmpty ? nil : try cases(of: frames, in: folder, issues: &issues)
    }

    private static func cases(
        of frames: [Int: URL], in folder: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [Case] {
        let name = folder.lastPathComponent
        func truth(_ kind: String) throws(DatasetError) -> [Int: URL] {
            let labels = folder.deletingLastPathComponent().appending(path: "\(name)_\(kind)/SEG")
            return labels.isFolder ? try numbered(labels, prefix: "man_seg") : [:]
        }
        let (gold, silver) = (try truth("GT"), try truth("ST"))
        for (number, file) in gold.sorted(by: { $0.key < $1.key }) where frames[number] == nil {
            issues.append(.referenceWithoutImage(path: file.relativePath))
        }
        let fromSilver = frames.keys.count { gold[$0] == nil && silver[$0] != nil }
        if fromSilver > 0 { issues.append(.silverTruth(folder: folder.relativePath, count: fromSilver)) }
        return frames.sorted { $0.key < $1.key }.map { number, file in
            let id = "\(name)_\(file.deletingPathExtension().lastPathComponent)"
            return Case(
                id: id, patient: id, frame: number, images: [file],
                reference: gold[number] ?? silver[number], hasInstances: true, channelCount: 1)
        }
    }

    /// Returns TIFF files named `prefix` and a number, by that number.
    private static func numbered(_ folder: URL, prefix: String) throws(DatasetError) -> [Int: URL] {
        var files: [Int: URL] = [:]
        for file in try folder.visibleEntries()
        where ScanFormat(file) == .tiff {
            let stem = file.deletingPathExtension().lastPathComponent
            let digits = stem.dropFirst(prefix.count)
            guard stem.hasPrefix(prefix), digits.allSatisfy(\.isDigit), let number = Int(digits) else {
                continue
            }
            files[number] = file
        }
        return files
    }
}

extension String {
    /// Whether the name is `01`, `02` and so on.
    fileprivate var isSequenceName: Bool { count >= 2 && allSatisfy(\.isDigit) }
}
