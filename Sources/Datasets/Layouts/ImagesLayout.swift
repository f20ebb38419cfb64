import Foundation
import Imaging
import Scans

/// A layout of pictures (PNG, TIFF) and their labels.
enum ImagesLayout: DatasetLayout {
    static let title = "images"
    static let slicesAreIndependent = true

    private static let trainingFolders = ["train", "training"]
    private static let testFolders = ["test", "testing"]

    /// Returns the pictures in `root`: in its folders of images and labels, or next to their labels in it and up to
    /// four folders below, or likewise in its folder `train`. Nil if there are none.
    static func find(
        in root: URL, _ labels: LabelFiles, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> Found? {
        try find(in: root, issues: &issues)
    }

    private static func find(in root: URL, issues: inout [DatasetIssue]) throws(DatasetError) -> Found? {
        let folders = try root.visibleEntries().filter(\.isFolder)
        func folder(_ names: [String]) -> URL? {
            folders.first { names.contains($0.lastPathComponent.lowercased()) }
        }
        var found: [(path: [String], pair: PictureFiles.Pair)] = []
        if let (images, labels) = try root.imageAndLabelFolders() {
            found = try PictureFiles(images: images, labels: labels, issues: &issues).pairs.map { ([], $0) }
        } else if let training = folder(trainingFolders) {
            if let test = folder(testFolders) { issues.append(.testPart(path: test.relativePath)) }
            var found = try find(in: training, issues: &issues)
            found?.part = training
            return found
        } else {
            try collect(root, path: [], above: [], into: &found, issues: &issues)
        }
        guard !found.isEmpty else { return nil }
        if !found.contains(where: { $0.pair.reference != nil }) {
            issues.append(.noReferences(folder: root.relativePath, count: found.count))
        } else {
            for pair in found.map(\.pair) where pair.reference == nil {
                issues.append(.missingReference(image: pair.image.relativePath))
            }
        }
        return arrange(found, in: root, issues: &issues)
    }

    private static func collect(
        _ folder: URL, path: [String], above: [URL],
        into found: inout [(path: [String], pair: PictureFiles.Pair)], issues: inout [DatasetIssue]
    ) throws(DatasetError) {
        let real = folder.resolvingSymlinksInPath()
        guard !above.contains(real) else { return }
        found += try PictureFiles(beside: folder, issues: &issues).pairs.map { (path, $0) }
        guard path.count < PairsLayout.depth else { return }
        for entry in try folder.visibleEntries() where entry.isFolder {
            try collect(
                entry, path: path + [entry.lastPathComponent], above: above + [real], into: &found,
                issues: &issues)
        }
    }

    private static func arrange(
        _ found: [(path: [String], pair: PictureFiles.Pair)], in root: URL, issues: inout [DatasetIssue]
    ) -> Found {
        var channels: Int?
        var withOpacity: [String] = []
        var cases: [Case] = []
        var sequences: [[String]] = []
        for (path, pair) in found {
            let stem = ScanName.caseID(pair.stem, in: path)
            let patient = path.isEmpty ? nil : path.joined(separator: "/")
            // Keep a case with an unreadable header: loading it reports the problem.
            let header = try? ScanHeader(contentsOf: pair.image)
            channels = channels ?? header?.channelCount
            if header?.hasOpacity == true { withOpacity.append(pair.image.relativePath) }
            let pages = header?.pageCount ?? 1
            if pages == 1 {
                cases.append(
                    Case(
                        id: stem, patient: patient ?? stem, images: [pair.image], reference: pair.reference,
                        channelCount: channels))
                continue
            }
            let digits = String(pages).count
            let ids = (1...pages).map { stem + "_page" + String($0).padded(to: digits) }
            let places = header?.pageOffsets ?? []
            // Keep a case with labels of fewer pages: loading it reports what is missing.
            let labelPlaces = pair.reference.flatMap { try? ScanHeader(contentsOf: $0) }?.pageOffsets ?? []
            cases += ids.enumerated().map { page, id in
                var item = Case(
                    id: id, patient: patient ?? id, images: [pair.image], page: page,
                    reference: pair.reference,
                    channelCount: channels)
                item.pageOffsets.image = places.indices.contains(page) ? places[page] : nil
                item.pageOffsets.reference = labelPlaces.indices.contains(page) ? labelPlaces[page] : nil
                return item
            }
            if patient == nil { sequences.append(ids) }
        }
        if let first = withOpacity.first { issues.append(.opacity(first: first, count: withOpacity.count)) }
        // Consecutively numbered pictures are treated as the slices or frames of one series.
        if sequences.isEmpty, cases.allSatisfy({ $0.patient == $0.id }), cases.map(\.id).areConsecutive {
            sequences = [cases.map(\.patient)]
        }
        return Found(
            layout: .images, patients: cases.byPatient.patients(in: root), structures: nil,
            channelNames: channels == 3 ? ["red", "green", "blue"] : ["image"], isImages: true,
            sequences: sequences)
    }

    /// Returns the labels that occur in label files: one structure `foreground` if there are only 0 and 255, and
    /// otherwise `label 1`, `label 2` and so on. Files and pages that cannot be read are ignored, because loading
    /// reports them.
    ///
    /// - Throws: `DatasetError.objectsNotClasses` if a file has values that no class has, or too many, and `.swapped`
    ///   if it looks like an image and its image like labels.
    static func foundStructures(
        in patients: [Patient], _ labels: LabelFiles
    ) throws(DatasetError) -> [Structure] {
        let files = Set(patients.flatMap(\.cases).compactMap(\.reference)).sorted { $0.path < $1.path }
        labels.read(files)
        var present: Set<Int32> = []
        for file in files {
            let values = labels[file]?.values ?? []
            if values.count > Case.classLimit || values.contains(where: { $0 > 255 }) {
                for item in patients.flatMap(\.cases) where item.reference == file {
                    try item.requireNotSwapped()
                }
                throw .objectsNotClasses(path: file.relativePath, count: values.count)
            }
            present.formUnion(values)
        }
        if present == [255] { return [Structure(name: "foreground", label: 255)] }
        return present.sorted().map { Structure(name: "label \($0)", label: UInt8($0)) }
    }
}

extension URL {
    /// Returns the subfolders with the usual names for images and their labels; nil if none has that of images.
    func imageAndLabelFolders() throws(DatasetError) -> (images: URL, labels: URL?)? {
        let folders = try visibleEntries().filter(\.isFolder)
        func folder(_ names: [String]) -> URL? {
            folders.first { names.contains($0.lastPathComponent.lowercased()) }
        }
        guard let images = folder(["images", "image", "imgs", "img"]) else { return nil }
        return (images, folder(["labels", "label", "masks", "mask"]))
    }
}

extension String {
    /// Returns the digits with leading zeros: `7` as `007`.
    func padded(to count: Int) -> String {
        String(repeating: "0", count: Swift.max(0, count - self.count)) + self
    }
}
