import Foundation
import Imaging

/// The file `dataset.json` of nnU-Net's and the Decathlon's folders.
struct DatasetDescription {
    static let fileName = "dataset.json"

    /// The file, for errors.
    var file: URL
    var channelNames: [String]
    var structures: [Structure]
    var trainingCount: Int?
    /// The ending of nnU-Net's files, such as `.nii.gz`; nil in the Decathlon's and old files.
    var fileEnding: String?
    /// The Decathlon's list of images and labels; nil where there is none.
    var training: [(image: String, label: String)]?
    var test: [String]
    /// What nnU-Net's files cannot say: patient, phase and group of cases, by their ids (written by `unet convert`).
    var cases: [String: CaseNote]
    /// Patients who follow each other in a stack or recording (written by `unet convert`).
    private var sequences: [[String]]

    /// Patient, phase and group of a case.
    struct CaseNote: Codable, Sendable, Equatable {
        var patient: String
        var phase: Phase?
        var group: String?
    }

    var path: String { file.relativePath }

    /// Reads the file in `folder`; nil where there is none.
    ///
    /// - Throws: `DatasetError.contradiction` where it cannot be understood or asks for regions or an ignored label.
    init?(in folder: URL) throws(DatasetError) {
        file = folder.appending(path: Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
        guard let data = try? Data(contentsOf: file),
            let content = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else {
            throw .contradiction(path: file.relativePath, reason: "is not JSON; correct it")
        }
        let path = file.relativePath
        guard let names = content["channel_names"] ?? content["modality"], let names = Self.numbered(names)
        else {
            throw .contradiction(
                path: path,
                reason:
                    "names no channels; add \"channel_names\": {\"0\": \"MRI\"} (nnU-Net) or \"modality\" (Decathlon)"
            )
        }
        channelNames = names
        structures = try Self.structures(content["labels"], path: path)
        trainingCount = content["numTraining"] as? Int
        fileEnding = content["file_ending"] as? String
        // Entries may say more, such as the fold.
        training = (content["training"] as? [[String: Any]])?.compactMap { entry in
            guard let image = entry["image"] as? String, let label = entry["label"] as? String,
                !image.isHidden
            else { return nil }
            return (image, label)
        }
        test = (content["test"] as? [Any] ?? []).compactMap { entry in
            let image = entry as? String ?? (entry as? [String: Any])?["image"] as? String
            return image.flatMap { $0.isHidden ? nil : $0 }
        }
        sequences = content["sequences"] as? [[String]] ?? []
        cases = [:]
        if let notes = content["cases"], let data = try? JSONSerialization.data(withJSONObject: notes) {
            cases = (try? JSONDecoder().decode([String: CaseNote].self, from: data)) ?? [:]
        }
    }

    /// `{"0": "T1", "1": "T2"}` in the order of the numbers, which go from 0 without a gap.
    private static func numbered(_ value: Any) -> [String]? {
        guard let names = value as? [String: String], !names.isEmpty else { return nil }
        let list =
            names.indices.count == names.count ? (0..<names.count).compactMap { names[String($0)] } : []
        return list.count == names.count ? list : nil
    }

    /// Labels as `{"RV": 1}` (nnU-Net) or `{"1": "RV"}` (Decathlon), background left out.
    private static func structures(_ value: Any?, path: String) throws(DatasetError) -> [Structure] {
        guard let labels = value as? [String: Any] else {
            throw .contradiction(
                path: path, reason: "names no labels; add \"labels\": {\"background\": 0, \"RV\": 1}")
        }
        var found: [(name: String, label: Int)] = []
        for (key, value) in labels {
            if value is [Any] {
                throw .contradiction(
                    path: path,
                    reason:
                        "gives \(key) several labels, as a region; regions are not supported, so give every label one "
                        + "name")
            }
            if let label = value as? Int {
                found.append((key, label))
            } else if let label = Int(key), let name = value as? String {
                found.append((name, label))
            } else {
                throw .contradiction(
                    path: path, reason: "gives \(key) no label; labels are numbers such as \"RV\": 1")
            }
        }
        if let ignored = found.first(where: { $0.name.lowercased() == "ignore" }) {
            throw .contradiction(
                path: path,
                reason:
                    "has a label \(ignored.label) that is to be ignored, which is not supported; label those voxels or "
                    + "make them background")
        }
        found = found.filter { $0.label != 0 }.sorted { ($0.label, $0.name) < ($1.label, $1.name) }
        for (name, label) in found where !(1...255 ~= label) {
            throw .contradiction(
                path: path, reason: "gives \(name) the label \(label), not 1 to 255; correct it")
        }
        for (one, two) in zip(found, found.dropFirst()) where one.label == two.label {
            throw .contradiction(
                path: path,
                reason: "gives \(one.name) and \(two.name) the same label \(one.label); correct it")
        }
        var names: Set<String> = []
        if let twice = found.first(where: { !names.insert($0.name).inserted }) {
            throw .contradiction(
                path: path, reason: "gives \(twice.name) several labels; give each its own name")
        }
        return found.map { Structure(name: $0.name, label: UInt8($0.label)) }
    }

    /// The sequences of those who are among `patients`.
    func sequences(of patients: [Patient]) -> [[String]] {
        let known = Set(patients.map(\.id))
        return sequences.map { $0.filter(known.contains) }.filter { !$0.isEmpty }
    }

    /// Checks that `found` training cases are as many as the file says.
    func requireTrainingCount(_ found: Int, in place: String) throws(DatasetError) {
        guard let trainingCount, trainingCount != found else { return }
        throw .contradiction(
            path: path,
            reason:
                "says that there are \(trainingCount) training cases (numTraining) and \(place) \(found); add what is "
                + "missing, or correct numTraining")
    }

    /// A case under the name `id`, with what this file or else the name tells of its patient.
    func makeCase(
        id: String, images: [URL], reference: URL?, framesAreChannels: Bool = false
    ) -> Case {
        let note = cases[id]
        return Case(
            id: id, patient: note?.patient ?? PairsLayout.patient(of: id),
            phase: note?.phase ?? PairsLayout.phase(of: id)?.phase, frame: id.frame?.number, images: images,
            reference: reference, group: note?.group, framesAreChannels: framesAreChannels,
            channelCount: channelNames.count)
    }
}

extension String {
    /// Whether the file of this path is one of the `._x` that macOS leaves in archives, or hidden otherwise.
    fileprivate var isHidden: Bool { split(separator: "/").last?.hasPrefix(".") ?? true }
}
