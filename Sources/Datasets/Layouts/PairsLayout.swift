import Foundation
import Imaging
import NIfTI

/// Finds images beside their labels.
enum PairsLayout {
    /// Patients of the pairs in `root` and up to two folders further down; where `root` itself has no scans, but a folder
    /// of images and one of labels, those in them.
    static func patients(in root: URL, issues: inout [DatasetIssue]) throws(DatasetError) -> [Patient] {
        var found: [(patient: String, folder: URL, pair: ScanFiles.Pair)] = []
        if let (images, files) = try folders(in: root, issues: &issues) {
            add(files, of: images, name: nil, to: &found, issues: &issues)
        } else {
            try collect(root, name: nil, depth: 2, into: &found, issues: &issues)
        }

        var uses: [String: Int] = [:]
        for entry in found { uses[entry.pair.stem, default: 0] += 1 }
        var patients: [(id: String, folder: URL, cases: [Case])] = []
        var places: [String: Int] = [:]
        for (patient, folder, pair) in found {
            if pair.reference == nil { issues.append(.missingReference(image: pair.image.relativePath)) }
            let scan = Case(
                id: uses[pair.stem] == 1 ? pair.stem : "\(patient.replacing("/", with: "_"))_\(pair.stem)",
                patient: patient, phase: phase(of: pair.stem)?.phase, frame: pair.stem.frame?.number,
                image: pair.image, reference: pair.reference)
            if let place = places[patient] {
                patients[place].cases.append(scan)
            } else {
                places[patient] = patients.count
                patients.append((patient, folder, [scan]))
            }
        }
        return patients.map { Patient(id: $0.id, folder: $0.folder, cases: $0.cases) }
    }

    /// The labels that occur in the label files; files that cannot be read are passed over, since loading tells.
    ///
    /// - Throws: `DatasetError.swapped` for an image that took the place of its labels, whose values are no structures.
    static func foundStructures(in patients: [Patient]) throws(DatasetError) -> [Structure] {
        var isPresent = [Bool](repeating: false, count: 256)
        for item in patients.flatMap(\.cases) {
            guard let file = item.reference else { continue }
            var isHere = [Bool](repeating: false, count: 256)
            var isOfLabels = false
            if let labels = try? NIfTIImage(contentsOf: file).integers() {
                isOfLabels = labels.allSatisfy { 0...255 ~= $0 }
                for label in labels where 1...255 ~= label { isHere[Int(label)] = true }
            }
            if !isOfLabels || isHere.count(where: \.self) > Case.classLimit { try item.requireNotSwapped() }
            for index in isHere.indices where isHere[index] { isPresent[index] = true }
        }
        return isPresent.indices.filter { isPresent[$0] }.map {
            Structure(name: "label \($0)", label: UInt8($0))
        }
    }

    /// What lies in folders of images and of labels; nil where there are not both, or no scans in them.
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

    private static func collect(
        _ folder: URL, name: String?, depth: Int,
        into found: inout [(patient: String, folder: URL, pair: ScanFiles.Pair)], issues: inout [DatasetIssue]
    ) throws(DatasetError) {
        add(try ScanFiles(in: folder, issues: &issues), of: folder, name: name, to: &found, issues: &issues)
        guard depth > 0 else { return }
        for entry in try folder.visibleEntries() where entry.isFolder {
            let inner = (name.map { $0 + "/" } ?? "") + entry.lastPathComponent
            try collect(entry, name: inner, depth: depth - 1, into: &found, issues: &issues)
        }
    }

    private static func add(
        _ files: ScanFiles, of folder: URL, name: String?,
        to found: inout [(patient: String, folder: URL, pair: ScanFiles.Pair)], issues: inout [DatasetIssue]
    ) {
        for pair in files.pairs {
            // A header that cannot be read is no reason to drop the case: loading it says what is wrong.
            if let header = try? NIfTIHeader(contentsOf: pair.image), header.frameCount > 1 {
                issues.append(.series(path: pair.image.relativePath, frames: header.frameCount))
                continue
            }
            found.append((name ?? patient(of: pair.stem), folder, pair))
        }
    }

    static func patient(of stem: String) -> String {
        stem.frame?.before ?? phase(of: stem)?.before ?? stem
    }

    static func phase(of stem: String) -> (phase: Phase, before: String)? {
        for phase in Phase.allCases where stem.uppercased().hasSuffix("_" + phase.rawValue) {
            return (phase, String(stem.dropLast(3)))
        }
        return nil
    }
}
