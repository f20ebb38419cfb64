import Files
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
    /// The Decathlon's lists of images and labels; nil if there are none.
    private var training: JSONValue?
    private var test: JSONValue?
    /// The patient, phase and group of cases by their ids, which nnU-Net's files cannot express (written by
    /// `unet convert`).
    var cases: [String: CaseNote] = [:]
    /// Patients that follow each other in a stack or recording (written by `unet convert`).
    private var sequences: [[String]] = []

    /// Patient, phase and group of a case.
    struct CaseNote: Encodable, Sendable, Equatable {
        var patient: String
        var phase: Phase?
        var group: String?
    }

    var path: String { file.relativePath }

    /// Reads the file in `folder`; nil if there is none.
    ///
    /// - Throws: `DatasetError.contradiction` if it is invalid or requests regions or an ignored label.
    init?(in folder: URL, issues: inout [DatasetIssue]) throws(DatasetError) {
        file = folder.appending(path: Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
        let path = file.relativePath
        let data: Data
        do { data = try FileContents.description(file) } catch { throw .file(error) }
        guard let content = (try? JSONDecoder().decode(JSONValue.self, from: data))?.object else {
            throw .contradiction(path: path, reason: "is not JSON; correct it")
        }
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
        if let count = content["numTraining"], count != .null {
            guard let number = count.integer, number >= 0 else {
                throw .contradiction(
                    path: path,
                    reason: "gives numTraining as \(count.text), which is not a number of cases; correct it")
            }
            trainingCount = number
        }
        if let ending = content["file_ending"], ending != .null {
            guard let text = ending.string, text.hasPrefix(".") else {
                throw .contradiction(
                    path: path,
                    reason:
                        "gives file_ending as \(ending.text), which is not an ending such as \".nii.gz\"; correct it"
                )
            }
            fileEnding = text
        }
        training = content["training"].flatMap { $0 == .null ? nil : $0 }
        test = content["test"]
        try readNotes(content, issues: &issues)
    }

    /// Reads the keys that `unet convert` adds. Other programs may use the same keys for something else.
    private mutating func readNotes(
        _ content: [String: JSONValue], issues: inout [DatasetIssue]
    ) throws(DatasetError) {
        if let notes = content["cases"], notes != .null {
            if let notes = notes.object {
                for (id, note) in notes { cases[id] = try Self.note(note, of: id, path: path) }
            } else {
                issues.append(
                    .passedOver(
                        path: path,
                        reason:
                            "has “cases” that are \(notes.text), not the notes that a conversion writes; patients are told from the names"
                    ))
            }
        }
        if let lists = content["sequences"], lists != .null {
            let names = lists.array?.compactMap(\.strings)
            if let names, names.count == lists.array?.count {
                sequences = names
            } else {
                issues.append(
                    .passedOver(
                        path: path,
                        reason:
                            "has “sequences” that are not lists of patients; they are ignored"
                    ))
            }
        }
    }

    private static func note(
        _ value: JSONValue, of id: String, path: String
    ) throws(DatasetError) -> CaseNote {
        func text(_ key: String) throws(DatasetError) -> String? {
            guard let value = value.object?[key], value != .null else { return nil }
            guard let text = value.string, !text.isEmpty else {
                throw .contradiction(
                    path: path, reason: "gives the \(key) of case \(id) as \(value.text); correct it")
            }
            return text
        }
        guard let patient = try text("patient") else {
            throw .contradiction(
                path: path,
                reason: "names no patient for case \(id); correct it to \"\(id)\": {\"patient\": \"NAME\"}")
        }
        let phase = try text("phase")
        guard phase == nil || phase.flatMap(Phase.init) != nil else {
            throw .contradiction(
                path: path, reason: "gives the phase of case \(id) as “\(phase ?? "")”; use ED or ES")
        }
        return CaseNote(patient: patient, phase: phase.flatMap(Phase.init), group: try text("group"))
    }

    /// Whether the file lists its cases, as the Decathlon's does; nnU-Net's first version accepted that file too.
    var listsCases: Bool { training != nil && fileEnding == nil }

    /// Returns the training cases that the file lists, or its test images, without the `._x` files that macOS leaves in
    /// archives.
    ///
    /// - Throws: `DatasetError.contradiction` if an entry is not an image, or leads out of the dataset.
    func listed(part: String) throws(DatasetError) -> [(image: String, label: String?)] {
        let key = part == "Tr" ? "training" : "test"
        let list = (part == "Tr" ? training : test) ?? .array([])
        guard let entries = list == .null ? [] : list.array else {
            throw .contradiction(
                path: path, reason: "gives “\(key)” as \(list.text), not as a list of images; correct it")
        }
        var found: [(image: String, label: String?)] = []
        for (number, entry) in entries.enumerated() {
            // Entries can contain more, such as the fold.
            let image = (part == "Tr" ? nil : entry.string) ?? entry.object?["image"]?.string
            let label = part == "Tr" ? entry.object?["label"]?.string : nil
            guard let image, label != nil || part != "Tr" else {
                throw .contradiction(
                    path: path,
                    reason:
                        "lists \(key) entry \(number + 1) without the path of an image\(part == "Tr" ? " and of its labels" : ""); correct the list"
                )
            }
            if image.isHidden { continue }
            for file in [image, label].compactMap({ $0 }) where file.leadsOut {
                throw .contradiction(
                    path: path,
                    reason:
                        "lists \(JSONValue.string(file).text), which is outside the dataset; list only paths inside it"
                )
            }
            found.append((image, label))
        }
        return found
    }

    /// Returns the names in `{"0": "T1", "1": "T2"}` in the order of the numbers, which must go from 0 without a gap.
    private static func numbered(_ value: JSONValue) -> [String]? {
        guard let names = value.object, !names.isEmpty else { return nil }
        let list = (0..<names.count).compactMap { names[String($0)]?.string }
        return list.count == names.count ? list : nil
    }

    /// Reads labels as `{"RV": 1}` (nnU-Net) or `{"1": "RV"}` (Decathlon), without background.
    private static func structures(_ value: JSONValue?, path: String) throws(DatasetError) -> [Structure] {
        guard let labels = value?.object else {
            throw .contradiction(
                path: path, reason: "names no labels; add \"labels\": {\"background\": 0, \"RV\": 1}")
        }
        var found: [(name: String, label: Int)] = []
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            if value.array != nil {
                throw .contradiction(
                    path: path,
                    reason:
                        "gives \(key) several labels, as a region; regions are not supported, so give every label one "
                        + "name")
            }
            if let label = value.integer {
                found.append((key, label))
            } else if let label = Int(key), let name = value.string {
                found.append((name, label))
            } else {
                throw .contradiction(
                    path: path, reason: "gives \(key) no label; labels are numbers, as in \"RV\": 1")
            }
        }
        if let ignored = found.first(where: { $0.name.lowercased() == "ignore" }) {
            throw .contradiction(
                path: path,
                reason:
                    "has an “ignore” label (\(ignored.label)), which is not supported; label those voxels, or make "
                    + "them background")
        }
        found = found.filter { $0.label != 0 }.sorted { ($0.label, $0.name) < ($1.label, $1.name) }
        for (name, label) in found where !(1...255 ~= label) {
            throw .contradiction(
                path: path,
                reason: "gives \(name) the label \(label), but labels must be from 1 to 255; correct it")
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

    /// Returns the patient of a case known only by its name: `X` for `X_frame01`, `X_ED` and `X`.
    static func patient(of id: String) -> String {
        let before = id.frame?.before ?? id.phase?.before ?? id
        return before.isEmpty ? id : before
    }

    /// Returns the sequences, restricted to `patients`.
    func sequences(of patients: [Patient]) -> [[String]] {
        let known = Set(patients.map(\.id))
        return sequences.map { $0.filter(known.contains) }.filter { !$0.isEmpty }
    }

    /// Checks that the number of training cases, `found`, is the one that the file states.
    func requireTrainingCount(_ found: Int, in place: String) throws(DatasetError) {
        guard let trainingCount, trainingCount != found else { return }
        throw .contradiction(
            path: path,
            reason:
                "says that there are \(trainingCount) training cases (numTraining), but \(place) \(found); add what is "
                + "missing, or correct numTraining")
    }

    /// Returns a case named `id`, with what this file or else the name states about its patient.
    func makeCase(
        id: String, images: [URL], reference: URL?, framesAreChannels: Bool = false
    ) -> Case {
        let note = cases[id]
        return Case(
            id: id, patient: note?.patient ?? Self.patient(of: id), phase: note?.phase ?? id.phase?.phase,
            frame: id.frame?.number, images: images,
            reference: reference, group: note?.group, framesAreChannels: framesAreChannels,
            channelCount: channelNames.count)
    }
}

extension String {
    /// Whether the file at this path is hidden, such as the `._x` that macOS leaves in archives.
    fileprivate var isHidden: Bool {
        guard let name = split(separator: "/").last else { return false }
        return name.hasPrefix(".") && name != "." && name != ".."
    }

    /// Whether this path is absolute, leads above the folder it starts from, or is not a valid path.
    fileprivate var leadsOut: Bool {
        if hasPrefix("/") || unicodeScalars.contains("\0") { return true }
        var depth = 0
        for part in split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            if depth < 0 { return true }
        }
        return depth == 0
    }
}
