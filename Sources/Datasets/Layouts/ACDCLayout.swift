import Foundation

/// Finds patients in ACDC's layout.
enum ACDCLayout {
    /// A folder that may hold one patient.
    struct Folder {
        var url: URL
        var hasInfo: Bool
        /// Whether any scan lies in it.
        var hasScans: Bool
    }

    /// The folders that may hold a patient: `root` itself, its folders, and those of its `training` or else of its
    /// `testing`. Where there are both, the second is left aside, so that nobody trains on what is there to be tested on.
    static func patientFolders(
        in root: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [Folder] {
        let own = try folder(root)
        if own.hasInfo { return [own] }
        var folders: [Folder] = []
        var parts: [String: (url: URL, patients: [Folder])] = [:]
        for url in try root.visibleEntries() where url.isFolder {
            let name = url.lastPathComponent.lowercased()
            let inside = try folder(url)
            if ["training", "testing"].contains(name), !inside.hasInfo {
                var patients: [Folder] = []
                for patient in try url.visibleEntries() where patient.isFolder {
                    patients.append(try folder(patient))
                }
                patients.removeAll { !$0.hasInfo && !$0.hasScans }
                if !patients.isEmpty { parts[name] = (url, patients) }
            } else {
                folders.append(inside)
            }
        }
        if let testing = parts["testing"], parts["training"] != nil {
            issues.append(.testPart(path: testing.url.relativePath))
            parts["testing"] = nil
        }
        return folders.filter { $0.hasInfo || $0.hasScans } + parts.values.flatMap(\.patients)
    }

    private static func folder(_ url: URL) throws(DatasetError) -> Folder {
        let entries = try url.visibleEntries()
        return Folder(
            url: url, hasInfo: entries.contains { $0.lastPathComponent == PatientInfo.fileName },
            hasScans: entries.contains(where: \.isScanName))
    }

    static func patients(in folders: [Folder], issues: inout [DatasetIssue]) throws(DatasetError) -> [Patient]
    {
        var patients: [Patient] = []
        for folder in folders {
            let files = try ScanFiles(in: folder.url, issues: &issues)
            guard folder.hasInfo else {
                issues.append(.noInfo(folder: folder.url.relativePath))
                patients.append(withoutInfo(folder.url, files: files))
                continue
            }
            let file = folder.url.appending(path: PatientInfo.fileName)
            do throws(PatientInfo.Flaw) {
                let info = try PatientInfo(contentsOf: file)
                patients.append(patient(folder.url, info: info, files: files, issues: &issues))
            } catch {
                issues.append(.badInfo(path: file.relativePath, reason: error.reason))
                patients.append(withoutInfo(folder.url, files: files))
            }
        }
        // Files that do not carry their patient's name, such as p1/scan_frame01 and p2/scan_frame01.
        var uses: [String: Int] = [:]
        for item in patients.flatMap(\.cases) { uses[item.id, default: 0] += 1 }
        return patients.map { patient in
            patient.with(
                cases: patient.cases.map { uses[$0.id] == 1 ? $0 : $0.named("\(patient.id)_\($0.id)") })
        }
    }

    private static func patient(
        _ folder: URL, info: PatientInfo, files: ScanFiles, issues: inout [DatasetIssue]
    ) -> Patient {
        let name = folder.standardizedFileURL.lastPathComponent
        var cases: [Case] = []
        for (phase, frame) in [(Phase.ed, info.endDiastole), (.es, info.endSystole)] {
            guard let pair = files.pairs.first(where: { $0.stem.frame?.number == frame }) else {
                let digits = frame < 10 ? "0\(frame)" : "\(frame)"
                let expected = folder.appending(path: "\(name)_frame\(digits).nii.gz")
                issues.append(.missingFrame(path: expected.relativePath, phase: phase))
                continue
            }
            if pair.reference == nil { issues.append(.missingReference(image: pair.image.relativePath)) }
            cases.append(
                Case(
                    id: pair.stem, patient: name, phase: phase, frame: frame, image: pair.image,
                    reference: pair.reference, group: info.group))
        }
        return Patient(
            id: name, folder: folder, group: info.group, heightCM: info.heightCM, weightKG: info.weightKG,
            cases: cases)
    }

    /// The frames of a folder that has no `Info.cfg`: those with labels, or all frames where none has. The phase is
    /// not known.
    private static func withoutInfo(_ folder: URL, files: ScanFiles) -> Patient {
        let name = folder.standardizedFileURL.lastPathComponent
        let labelled = files.pairs.filter { $0.reference != nil }
        let frames = labelled.isEmpty ? files.pairs.filter { $0.stem.frame != nil } : labelled
        return Patient(
            id: name, folder: folder,
            cases: frames.map {
                Case(
                    id: $0.stem, patient: name, frame: $0.stem.frame?.number, image: $0.image,
                    reference: $0.reference)
            })
    }
}
