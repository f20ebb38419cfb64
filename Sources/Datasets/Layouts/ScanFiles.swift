import Foundation

/// The NIfTI files of one folder, sorted into images and their labels by name.
struct ScanFiles {
    /// One image file and the label file that belongs to it.
    struct Pair {
        var stem: String
        var image: URL
        var reference: URL?
    }

    /// Endings of label files, in the order in which they are looked for.
    static let referenceEndings = ["_gt", "-gt", "_seg"]

    private(set) var pairs: [Pair] = []

    /// The images in `folder` with their labels beside them, or of the same names in the folder `labels`.
    ///
    /// - Throws: `DatasetError.nothingPairs` where there are both folders and none of their files belong together.
    init(in folder: URL, labels: URL? = nil, issues: inout [DatasetIssue]) throws(DatasetError) {
        var files = try Self.scans(in: folder, issues: &issues)
        if let labels {
            // From here on as if they lay beside the images.
            for (stem, file) in try Self.scans(in: labels, issues: &issues).sorted(by: { $0.key < $1.key }) {
                let isNamed = Self.referenceEndings.contains { stem.lowercased().hasSuffix($0) }
                let name = isNamed ? stem : stem + Self.referenceEndings[0]
                if let other = files.updateValue(file, forKey: name) {
                    issues.append(.severalReferences(kept: file.relativePath, ignored: other.relativePath))
                }
            }
        }
        var references: [String: [URL]] = [:]
        for stem in files.keys.sorted() {
            for ending in Self.referenceEndings where stem.lowercased().hasSuffix(ending) {
                references[String(stem.dropLast(ending.count)), default: []].append(files[stem]!)
                files[stem] = nil
            }
        }
        for (stem, found) in references.sorted(by: { $0.key < $1.key }) {
            if files[stem] == nil {
                for file in found { issues.append(.referenceWithoutImage(path: file.relativePath)) }
            }
        }
        for (stem, image) in files.sorted(by: { $0.key < $1.key }) {
            if stem.lowercased().hasSuffix("_pred") {
                issues.append(.prediction(path: image.relativePath))
                continue
            }
            let found = (references[stem] ?? []).sorted { Self.rank($0) < Self.rank($1) }
            for other in found.dropFirst() {
                issues.append(.severalReferences(kept: found[0].relativePath, ignored: other.relativePath))
            }
            pairs.append(Pair(stem: stem, image: image, reference: found.first))
        }
        if let labels, let image = pairs.first,
            let label = references.values.joined().map(\.lastPathComponent).min(),
            pairs.allSatisfy({ $0.reference == nil })
        {
            throw .nothingPairs(
                images: folder.relativePath, labels: labels.relativePath,
                image: image.image.lastPathComponent,
                label: label)
        }
    }

    private static func scans(
        in folder: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [String: URL] {
        var files: [String: URL] = [:]
        for file in try folder.visibleEntries() where file.isScanName && !file.isFolder {
            let stem = file.imageStem
            if let other = files[stem] {
                // The names sort .nii before .nii.gz; the compressed one is what data sets are handed out as.
                issues.append(.sameName(kept: file.relativePath, ignored: other.relativePath))
            }
            files[stem] = file
        }
        return files
    }

    private static func rank(_ file: URL) -> Int {
        let stem = file.imageStem.lowercased()
        return referenceEndings.firstIndex { stem.hasSuffix($0) } ?? -1
    }
}

extension URL {
    /// Whether the name ends in `.nii` or `.nii.gz`, in any letter case.
    var isScanName: Bool {
        let name = lastPathComponent.lowercased()
        return name.hasSuffix(".nii") || name.hasSuffix(".nii.gz")
    }

    var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path(percentEncoded: false), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// What the folder holds, in the order of the names, hidden files left out.
    func visibleEntries() throws(DatasetError) -> [URL] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path(percentEncoded: false))
                .filter { !$0.hasPrefix(".") }.sorted().map { appending(path: $0) }
        } catch {
            throw .cannotList(path: relativePath)
        }
    }
}

extension String {
    /// The number NN of a name that ends in `_frameNN`, and what stands before it.
    package var frame: (number: Int, before: String)? {
        guard let range = range(of: "_frame", options: [.backwards, .caseInsensitive]),
            let number = Int(self[range.upperBound...]), number >= 0
        else { return nil }
        return (number, String(self[..<range.lowerBound]))
    }

    /// Whether a stem is `patientNNN_frameMM`, as ACDC names its files.
    var isACDCName: Bool {
        guard let frame else { return false }
        return frame.before.hasPrefix("patient") && Int(frame.before.dropFirst("patient".count)) != nil
    }
}
