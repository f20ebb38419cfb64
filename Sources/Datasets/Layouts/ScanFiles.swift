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

    init(in folder: URL, issues: inout [DatasetIssue]) throws(DatasetError) {
        var files: [String: URL] = [:]
        for file in try folder.visibleEntries() where file.isScanName && !file.isFolder {
            let stem = file.imageStem
            if let other = files[stem] {
                // The names sort .nii before .nii.gz; the compressed one is what data sets are handed out as.
                issues.append(.sameName(kept: file.relativePath, ignored: other.relativePath))
            }
            files[stem] = file
        }
        var references: [String: [URL]] = [:]
        for stem in files.keys.sorted() {
            for ending in Self.referenceEndings where stem.lowercased().hasSuffix(ending) {
                references[String(stem.dropLast(ending.count)), default: []].append(files[stem]!)
            }
        }
        for (stem, found) in references.sorted(by: { $0.key < $1.key }) {
            for file in found { files[file.imageStem] = nil }
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
    }

    private static func rank(_ file: URL) -> Int {
        let stem = file.imageStem.lowercased()
        return referenceEndings.firstIndex { stem.hasSuffix($0) } ?? referenceEndings.count
    }
}

extension URL {
    /// Whether the name ends in `.nii` or `.nii.gz`, in any letter case.
    var isScanName: Bool {
        let name = lastPathComponent.lowercased()
        return name.hasSuffix(".nii") || name.hasSuffix(".nii.gz")
    }

    /// The name without `.nii` or `.nii.gz`.
    var imageStem: String {
        let name = lastPathComponent
        for ending in [".nii.gz", ".nii"] where name.lowercased().hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
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
    var frame: (number: Int, before: String)? {
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
