import Foundation
import Imaging
import Scans

/// The layout of nnU-Net's raw folders: `imagesTr/X_0000.nii.gz` (channel 0 of case X), `labelsTr/X.nii.gz` and
/// `dataset.json`.
enum NNUNetLayout: DescribedLayout {
    static let title = "nnU-Net raw"

    // nnU-Net lists no cases; its first version accepted the Decathlon's file, and images then have no _0000.
    static func takes(_ description: DatasetDescription) -> Bool { !description.listsCases }

    /// Returns the cases of `part` (`Tr` for training, `Ts` for testing) in `root`, which `description` describes.
    ///
    /// - Throws: `DatasetError.contradiction` if files are missing that `description` or other files require.
    static func find(in root: URL, part: String, _ description: DatasetDescription) throws(DatasetError)
        -> Found
    {
        let (images, labels) = (root.appending(path: "images" + part), root.appending(path: "labels" + part))
        let ending = description.fileEnding ?? ".nii.gz"
        var files: [String: [Int: URL]] = [:]
        for file in try images.visibleEntries() where file.lastPathComponent.hasSuffix(ending) {
            let stem = String(file.lastPathComponent.dropLast(ending.count))
            guard let (id, channel) = stem.channel else {
                throw .contradiction(
                    path: file.relativePath,
                    reason:
                        "does not say which channel it is; nnU-Net's images end in _0000, _0001, and so on, before "
                        + ending)
            }
            files[id, default: [:]][channel] = file
        }
        guard !files.isEmpty else {
            throw .contradiction(
                path: images.relativePath,
                reason:
                    "contains no files that end in \(ending), as dataset.json says images do; correct file_ending"
            )
        }
        var cases: [Case] = []
        for (id, channels) in files.sorted(by: { $0.key.naturallyPrecedes($1.key) }) {
            let label = labels.appending(path: id + ending)
            let isLabeled = FileManager.default.fileExists(atPath: label.path(percentEncoded: false))
            guard isLabeled || part != "Tr" else {
                throw .contradiction(
                    path: label.relativePath,
                    reason:
                        "is missing, although \(images.lastPathComponent) contains its image; add it, or remove the image"
                )
            }
            cases.append(
                description.makeCase(
                    id: id,
                    images: try order(channels, id: id, in: images, ending: ending, description),
                    reference: isLabeled ? label : nil))
        }
        if part == "Tr" {
            try requireImages(of: labels, ending: ending, ids: Set(files.keys))
            try description.requireTrainingCount(cases.count, in: "\(images.lastPathComponent) contains")
        }
        let patients = cases.byPatient.patients(in: root)
        return Found(
            layout: .nnunet, patients: patients, structures: description.structures,
            channelNames: description.channelNames, isImages: ScanFormat.isPicture(cases[0].image),
            sequences: description.sequences(of: patients))
    }

    /// Returns the files of a case in the order of their channels; a single picture can contain several.
    private static func order(
        _ channels: [Int: URL], id: String, in folder: URL, ending: String, _ description: DatasetDescription
    ) throws(DatasetError) -> [URL] {
        let names = description.channelNames
        if let only = channels[0], channels.count == 1, ScanFormat.isPicture(only) { return [only] }
        for channel in names.indices where channels[channel] == nil {
            let file = folder.appending(path: id + "_" + String(channel).padded(to: 4) + ending)
            throw .contradiction(
                path: file.relativePath,
                reason:
                    "is missing, although dataset.json names channel \(channel) (\(names[channel])); add it, or correct "
                    + "dataset.json")
        }
        if let more = channels.keys.sorted().first(where: { $0 >= names.count }), let file = channels[more] {
            throw .contradiction(
                path: file.relativePath,
                reason:
                    "is a channel that dataset.json does not name: it names \(names.count); add it there, or remove the "
                    + "file")
        }
        return names.indices.compactMap { channels[$0] }
    }

    private static func requireImages(of labels: URL, ending: String, ids: Set<String>) throws(DatasetError) {
        guard labels.isFolder else { return }
        for file in try labels.visibleEntries() where file.lastPathComponent.hasSuffix(ending) {
            let id = String(file.lastPathComponent.dropLast(ending.count))
            guard ids.contains(id) else {
                throw .contradiction(
                    path: file.relativePath,
                    reason: "contains the labels of a missing image; add the image, or remove the labels")
            }
        }
    }
}

extension String {
    /// The part before `_0003`, and 3; nil for other names.
    fileprivate var channel: (id: String, channel: Int)? {
        guard count > 5, dropLast(4).last == "_", suffix(4).allSatisfy(\.isDigit), let number = Int(suffix(4))
        else {
            return nil
        }
        return (String(dropLast(5)), number)
    }
}
