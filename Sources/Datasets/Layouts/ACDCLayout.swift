import Foundation
import Scans

/// ACDC's layout of patient folders.
enum ACDCLayout: DatasetLayout {
    static let title = "ACDC layout"
    static let ownsFolders = false
    static let keepsFramesBesideSeries = true
    // nnU-Net normalizes by the channel's name; ACDC is magnetic resonance.
    static let modalities: [String]? = ["MRI"]

    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found? {
        var parts: [DatasetIssue] = []
        let folders = try patientFolders(in: root, issues: &parts)
        guard folders.contains(where: \.hasInfo) else { return nil }
        issues += parts
        return Found(
            layout: .acdc, patients: try patients(in: folders, labels, issues: &issues),
            structures: Dataset.acdcStructures)
    }

    /// The folders that ACDC is distributed in.
    private static let parts = ["training", "testing"]

    /// A patient's folder is part of the name, wherever it is.
    ///
    /// Patients of the skipped part have the same names as when that part is opened, unless a used patient has the same
    /// name.
    static func folders(of file: URL, in dataset: Dataset) -> [String] {
        let folder = file.deletingLastPathComponent().standardizedFileURL
        let isPatient = dataset.patients.contains { $0.folder.standardizedFileURL.path == folder.path }
        let below = PairsLayout.folders(of: file, in: dataset)
        let isApart =
            below.count == 2 && parts.contains(below[0].lowercased())
            && !dataset.patients.contains { $0.id == below[1] }
        return isPatient || isApart ? [folder.folderName] : below
    }

    /// A folder that may contain one patient.
    struct Folder {
        var url: URL
        var hasInfo: Bool
        /// Whether it contains any scan.
        var hasScans: Bool
    }

    /// Returns the folders that may contain a patient: `root` itself, its subfolders, and those of its `training` or
    /// else of its `testing`. If both exist, the second is skipped, so that test data is not trained on.
    static func patientFolders(
        in root: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [Folder] {
        let own = try folder(root)
        if own.hasInfo { return [own] }
        var folders: [Folder] = []
        var found: [String: (url: URL, patients: [Folder])] = [:]
        for url in try root.visibleEntries() where url.isFolder {
            let name = url.lastPathComponent.lowercased()
            let inside = try folder(url)
            if parts.contains(name), !inside.hasInfo {
                var patients: [Folder] = []
                for patient in try url.visibleEntries() where patient.isFolder {
                    patients.append(try folder(patient))
                }
                patients.removeAll { !$0.hasInfo && !$0.hasScans }
                if !patients.isEmpty { found[name] = (url, patients) }
            } else {
                folders.append(inside)
            }
        }
        if let testing = found["testing"], found["training"] != nil {
            issues.append(.testPart(path: testing.url.relativePath))
            found["testing"] = nil
        }
        return folders.filter { $0.hasInfo || $0.hasScans } + found.values.flatMap(\.patients)
    }

    private static func folder(_ url: URL) throws(DatasetError) -> Folder {
        let entries = try url.visibleEntries()
        // Includes a pipe, which the entries leave out: reading it reports the problem.
        let info = url.appending(path: PatientInfo.fileName)
        return Folder(
            url: url, hasInfo: FileManager.default.fileExists(atPath: info.path(percentEncoded: false)),
            hasScans: entries.contains(where: \.isScanName))
    }

    static func patients(
        in folders: [Folder], _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [Patient] {
        var patients: [Patient] = []
        for folder in folders {
            let files = try ScanFiles(in: folder.url, issues: &issues)
            guard folder.hasInfo else {
                issues.append(.noInfo(folder: folder.url.relativePath))
                patients.append(withoutInfo(folder.url, files: files, labels, issues: &issues))
                continue
            }
            let file = folder.url.appending(path: PatientInfo.fileName)
            do throws(PatientInfo.Flaw) {
                let info = try PatientInfo(contentsOf: file)
                issues += info.passedOver.map { .passedOver(path: file.relativePath, reason: $0) }
                patients.append(patient(folder.url, info: info, files: files, labels, issues: &issues))
            } catch {
                issues.append(.badInfo(path: file.relativePath, reason: error.reason))
                patients.append(withoutInfo(folder.url, files: files, labels, issues: &issues))
            }
        }
        return patients
    }

    private static func patient(
        _ folder: URL, info: PatientInfo, files: ScanFiles, _ labels: LabelFiles,
        issues: inout [DatasetIssue]
    ) -> Patient {
        let name = folder.folderName
        var cases: [Case] = []
        for (phase, frame) in [(Phase.ed, info.endDiastole), (.es, info.endSystole)] {
            if let pair = scan(among: files.pairs, frame: frame, patient: name, issues: &issues) {
                if pair.reference == nil {
                    issues.append(.missingReference(image: pair.image.relativePath))
                }
                cases.append(
                    Case(
                        id: ScanName.caseID(pair.stem, in: [name]), patient: name, phase: phase, frame: frame,
                        image: pair.image, reference: pair.reference, group: info.group))
            } else if let item = caseOfSeries(
                files.pairs, frame: frame, phase: phase, patient: name, info: info, labels)
            {
                if item.reference == nil {
                    issues.append(.missingReference(image: item.image.relativePath))
                }
                cases.append(item)
            } else {
                let expected = folder.appending(path: "\(name)_frame\(String(frame).padded(to: 2)).nii.gz")
                issues.append(.missingFrame(path: expected.relativePath, phase: phase))
            }
        }
        return Patient(
            id: name, folder: folder, group: info.group, heightCM: info.heightCM, weightKG: info.weightKG,
            cases: cases)
    }

    /// Returns the file of frame `frame`: the one with ACDC's name, or else one with labels. Others are reported.
    private static func scan(
        among pairs: [ScanFiles.Pair], frame: Int, patient: String, issues: inout [DatasetIssue]
    ) -> ScanFiles.Pair? {
        let found = pairs.filter { $0.stem.frame?.number == frame }
        let scan =
            found.first { $0.stem.frame?.before == patient } ?? found.first { $0.reference != nil }
            ?? found.first
        guard let scan else { return nil }
        for other in found where other.stem != scan.stem {
            issues.append(
                .severalScans(
                    kept: scan.image.relativePath, ignored: other.image.relativePath, frame: frame,
                    patient: patient))
        }
        return scan
    }

    /// Returns frame `frame` of the patient's series, for a frame without a file of its own.
    private static func caseOfSeries(
        _ pairs: [ScanFiles.Pair], frame: Int, phase: Phase, patient: String, info: PatientInfo,
        _ labels: LabelFiles
    ) -> Case? {
        let all = pairs.compactMap { Series($0) }.filter { 1...$0.frameCount ~= frame }
        guard let series = all.first(where: { $0.pair.stem == patient + "_4d" }) ?? all.first
        else { return nil }
        var reference: URL?
        if case .frames(let labeled) = series.labels(labels) {
            reference = labeled.first { $0.index == frame - 1 }?.reference
        }
        return Case(
            id: ScanName.caseID(series.pair.stem.named(frame: frame), in: [patient]), patient: patient,
            phase: phase, frame: frame, images: [series.pair.image], frameIndex: frame - 1,
            frameCount: series.frameCount, reference: reference, group: info.group)
    }

    /// Returns the frames of a folder without `Info.cfg`: those with labels, or all frames if none has labels, or else
    /// its series. The phase is unknown.
    private static func withoutInfo(
        _ folder: URL, files: ScanFiles, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) -> Patient {
        let name = folder.folderName
        var ignored: [DatasetIssue] = []
        let series = PairsLayout.series(among: files.pairs, labels)
        let cases = files.pairs.flatMap { pair in
            PairsLayout.cases(
                of: pair, series: series[pair.image], patient: name, folders: [name], issues: &ignored)
        }
        let labeled = cases.filter { $0.reference != nil }
        let frames = cases.filter { $0.frame != nil }
        return Patient(
            id: name, folder: folder,
            cases: !labeled.isEmpty
                ? labeled
                : !frames.isEmpty ? frames : PairsLayout.withoutNeedlessSeries(cases, issues: &issues))
    }
}
