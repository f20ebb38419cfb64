import Foundation
import Imaging
import Scans

/// A layout of images next to their labels.
enum PairsLayout: DatasetLayout {
    static let title = "pairs"
    static let ownsFolders = false

    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found? {
        let patients = try patients(in: root, labels, issues: &issues)
        guard !patients.isEmpty else { return nil }
        return Found(
            layout: .pairs, patients: patients,
            structures: areNamedAsInACDC(patients) ? Dataset.acdcStructures : nil)
    }

    /// Returns whether all images are named like ACDC's files, so that labels surely mean the same.
    private static func areNamedAsInACDC(_ patients: [Patient]) -> Bool {
        let cases = patients.flatMap(\.cases).filter { !$0.isSeries }
        return !cases.isEmpty
            && cases.allSatisfy { item in
                let stem = item.image.imageStem
                let name = item.frameIndex.map { stem.named(frame: $0 + 1) } ?? stem
                let folder = item.image.deletingLastPathComponent().folderName
                return name.isACDCName || ScanName.caseID(name, in: [folder]).isACDCName
            }
    }

    /// The number of folder levels searched below the dataset's own.
    static let depth = 4

    /// An image with its labels, and its location.
    private struct Scan {
        var pair: ScanFiles.Pair
        var folder: URL
        /// The folders' names from the dataset's own down to the file.
        var path: [String]
        /// Those that form the patient's name; nil if the file name gives it.
        var owner: [String]?
    }

    /// Returns the patients of the pairs in `root` and up to four folders below; if `root` itself has no scans, but a
    /// folder of images and one of labels, those in them.
    static func patients(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [Patient] {
        var found: [Scan] = []
        if let (images, files) = try folders(in: root, issues: &issues) {
            found = files.pairs.map { Scan(pair: $0, folder: images, path: [], owner: nil) }
        } else {
            try collect(root, path: [], owner: nil, above: [], into: &found, issues: &issues)
        }
        let series = series(among: found.map(\.pair), labels)
        var patients: [(id: String, folder: URL, cases: [Case])] = []
        var places: [String: Int] = [:]
        for scan in found {
            let name = scan.owner?.joined(separator: "/") ?? scan.pair.stem.patient
            let patient = name.isEmpty ? root.folderName : name
            let cases = cases(
                of: scan.pair, series: series[scan.pair.image], patient: patient,
                folders: ScanName.folders(scan.path, of: scan.pair.stem, root: root), issues: &issues)
            if let place = places[patient] {
                patients[place].cases += cases
            } else {
                places[patient] = patients.count
                let folder = scan.owner.map { root.appending(path: $0.joined(separator: "/")) } ?? scan.folder
                patients.append((patient, folder, cases))
            }
        }
        return patients.map {
            Patient(id: $0.id, folder: $0.folder, cases: withoutNeedlessSeries($0.cases, issues: &issues))
        }
    }

    /// Returns the 4D images among `pairs` by their files, with the frames that their labels cover; label files are
    /// read on all processors.
    static func series(
        among pairs: [ScanFiles.Pair], _ files: LabelFiles
    ) -> [URL: (Series, Series.Labels)] {
        let found = pairs.compactMap { Series($0) }.parallelMap { ($0, $0.labels(files)) }
        return Dictionary(found.map { ($0.0.pair.image, $0) }) { first, _ in first }
    }

    /// Returns the cases of one image: the image itself, or for a 4D image a case for each frame with labels, or the
    /// whole.
    static func cases(
        of pair: ScanFiles.Pair, series: (Series, Series.Labels)?, patient: String, folders: [String],
        issues: inout [DatasetIssue]
    ) -> [Case] {
        // Folders can give the phase, as in patient001/ED/scan.nii.
        func phase(_ stem: String) -> Phase? {
            stem.phase?.phase ?? folders.lazy.filter(\.isFrameAlone).compactMap(\.phase?.phase).last
        }
        func frame(_ stem: String) -> Int? {
            stem.frame?.number ?? folders.lazy.filter(\.isFrameAlone).compactMap(\.frame?.number).last
        }
        guard let (series, labels) = series else {
            if pair.reference == nil { issues.append(.missingReference(image: pair.image.relativePath)) }
            for (_, file) in pair.frameReferences.sorted(by: { $0.key < $1.key }) {
                issues.append(.referenceWithoutImage(path: file.relativePath))
            }
            return [
                Case(
                    id: ScanName.caseID(pair.stem, in: folders), patient: patient, phase: phase(pair.stem),
                    frame: frame(pair.stem), image: pair.image, reference: pair.reference)
            ]
        }
        for file in series.strayReferences {
            issues.append(.referenceWithoutImage(path: file.relativePath))
        }
        if case .frames(let labeled) = labels, !labeled.isEmpty {
            return labeled.map { item in
                let stem = pair.stem.frame == nil ? pair.stem.named(frame: item.index + 1) : pair.stem
                return Case(
                    id: ScanName.caseID(stem, in: folders), patient: patient, phase: phase(pair.stem),
                    frame: item.index + 1, images: [pair.image], frameIndex: item.index,
                    frameCount: series.frameCount, reference: item.reference)
            }
        }
        if labels == .nothing, let reference = pair.reference {
            issues.append(.noLabeledFrame(path: reference.relativePath, frames: series.frameCount))
        }
        return [
            Case(
                id: ScanName.caseID(pair.stem, in: folders), patient: patient, images: [pair.image],
                frameCount: series.frameCount, reference: labels == .unclear ? pair.reference : nil)
        ]
    }

    /// Returns a patient's cases without the whole series if its frames also exist as separate files.
    static func withoutNeedlessSeries(_ cases: [Case], issues: inout [DatasetIssue]) -> [Case] {
        let hasFrames = cases.contains { $0.frameCount == 1 && ($0.frame != nil || $0.phase != nil) }
        return cases.filter { item in
            guard item.isSeries, item.reference == nil else { return true }
            issues.append(
                hasFrames
                    ? .series(path: item.image.relativePath, frames: item.frameCount)
                    : .cine(path: item.image.relativePath, frames: item.frameCount))
            return !hasFrames
        }
    }

    /// Returns the labels that occur in the label files, with the names that most files give them; files that cannot be
    /// read are ignored, because loading reports them.
    ///
    /// - Throws: `DatasetError.swapped` for an image in place of its labels, with values that are not structures.
    static func foundStructures(
        in patients: [Patient], _ labels: LabelFiles
    ) throws(DatasetError) -> [Structure] {
        let cases = patients.flatMap(\.cases).filter { $0.reference != nil }
        // Frames of a series share a file of labels, which is read once.
        let files = Dictionary(grouping: cases) { $0.reference! }.sorted { $0.key.path < $1.key.path }
        labels.read(files.map(\.key))
        var present: Set<UInt8> = []
        var names: [[Structure]] = []
        for (file, cases) in files {
            guard let content = labels[file] else { continue }
            if let own = content.structures { names.append(own) }
            let found = content.values.compactMap { UInt8(exactly: $0) }
            present.formUnion(found)
            let isOfLabels = content.isOfIntegers && found.count == content.values.count
            if !isOfLabels || found.count > Case.classLimit { try cases[0].requireNotSwapped() }
        }
        var structures = named(by: names)
        present.subtract(structures.map(\.label))
        structures += present.map { Structure(name: "label \($0)", label: $0) }
        return structures.sorted { $0.label < $1.label }
    }

    /// Returns the structures that the lists of several files name, each name and each number once: the list that most
    /// files have, followed by additions from others. Loading refuses the files that contradict it.
    private static func named(by lists: [[Structure]]) -> [Structure] {
        var counts: [[Structure]: (count: Int, first: Int)] = [:]
        for (number, list) in lists.enumerated() { counts[list, default: (0, number)].count += 1 }
        let ordered = counts.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
        var structures: [Structure] = []
        for one in ordered.flatMap(\.key)
        where !structures.contains(where: {
            $0.label == one.label || $0.name.comparableName == one.name.comparableName
        }) {
            structures.append(one)
        }
        return structures
    }

    /// Returns the contents of the folders of images and of labels; nil unless both exist and contain scans.
    private static func folders(
        in root: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> (images: URL, files: ScanFiles)? {
        guard case (let images, let labels?)? = try root.imageAndLabelFolders(),
            try !root.visibleEntries().contains(where: \.isScanName)
        else { return nil }
        var found: [DatasetIssue] = []
        let files = try ScanFiles(in: images, labels: labels, issues: &found)
        guard !files.pairs.isEmpty else { return nil }
        issues += found
        return (images, files)
    }

    /// - Parameters:
    ///   - path: the folders' names from the dataset's own down to `folder`.
    ///   - owner: the patient that everything below belongs to, because a folder above contains scans.
    ///   - above: the folders above, with links resolved: following a link to one of them would never end.
    private static func collect(
        _ folder: URL, path: [String], owner: [String]?, above: [URL], into found: inout [Scan],
        issues: inout [DatasetIssue]
    ) throws(DatasetError) {
        let real = folder.resolvingSymlinksInPath()
        guard !above.contains(real) else { return }
        let pairs = try ScanFiles(in: folder, issues: &issues).pairs
        var owner = owner
        if owner == nil, !path.isEmpty, !pairs.isEmpty {
            // A folder ED or frame01 belongs to its patient.
            let names = path.count - path.reversed().prefix(while: \.isFrameAlone).count
            owner = Array(path.prefix(max(1, names)))
        }
        found += pairs.map { Scan(pair: $0, folder: folder, path: path, owner: owner) }
        guard path.count < depth else { return }
        for entry in try folder.visibleEntries() where entry.isFolder {
            try collect(
                entry, path: path + [entry.lastPathComponent], owner: owner, above: above + [real],
                into: &found,
                issues: &issues)
        }
    }
}
