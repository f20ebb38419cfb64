import Foundation
import Scans

/// The NIfTI files of one folder, sorted into images and their labels by name.
struct ScanFiles {
    /// One image file and the label files that belong to it.
    struct Pair {
        var stem: String
        var image: URL
        var reference: URL?
        /// Labels of single frames of a possible series, by their numbers: `X_frame03_gt` for `X` or `X_4d`.
        var frameReferences: [Int: URL] = [:]
    }

    /// Endings of label files, in search order.
    static let referenceEndings = ["_gt", "-gt", "_seg"]

    private(set) var pairs: [Pair] = []

    /// Finds the images in `folder` with their labels next to them, or of the same names in the folder `labels`.
    ///
    /// - Throws: `DatasetError.nothingPairs` if both folders exist and none of their files belong together.
    init(in folder: URL, labels: URL? = nil, issues: inout [DatasetIssue]) throws(DatasetError) {
        var files = try Self.scans(in: folder, issues: &issues)
        if let labels {
            // Treat them from here on as if they were next to the images.
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
        let byFrame = Dictionary(grouping: files.keys.filter { $0.frameKey != nil }) { $0.frameKey! }
        // Labels of frames with their images in a series of all frames.
        var frames: [String: [Int: [URL]]] = [:]
        for (stem, found) in references.sorted(by: { $0.key < $1.key }) where files[stem] == nil {
            if let key = stem.frameKey, let same = byFrame[key], same.count == 1, let image = same.first {
                // The same frame with more or fewer zeros before its number; labels with the exact name come first.
                if let own = references[image]?.first {
                    for file in found {
                        issues.append(
                            .severalReferences(kept: own.relativePath, ignored: file.relativePath))
                    }
                } else {
                    references[image] = found
                }
            } else if let (number, before) = stem.frame,
                let series = [before, before + "_4d"].first(where: { files[$0] != nil })
            {
                frames[series, default: [:]][number, default: []] += found
            } else {
                for file in found { issues.append(.referenceWithoutImage(path: file.relativePath)) }
            }
        }
        for (stem, image) in files.sorted(by: { $0.key < $1.key }) {
            if stem.lowercased().hasSuffix("_pred") {
                issues.append(.prediction(path: image.relativePath))
                continue
            }
            var pair = Pair(
                stem: stem, image: image, reference: Self.best(of: references[stem] ?? [], issues: &issues))
            for (number, found) in (frames[stem] ?? [:]).sorted(by: { $0.key < $1.key }) {
                pair.frameReferences[number] = Self.best(of: found, issues: &issues)
            }
            pairs.append(pair)
        }
        if let labels, let image = pairs.first,
            let label = references.values.joined().map(\.lastPathComponent).min(),
            pairs.allSatisfy({ $0.reference == nil && $0.frameReferences.isEmpty })
        {
            throw .nothingPairs(
                images: folder.relativePath, labels: labels.relativePath,
                image: image.image.lastPathComponent,
                label: label)
        }
    }

    /// Returns the label file to use among several.
    private static func best(of files: [URL], issues: inout [DatasetIssue]) -> URL? {
        let files = files.sorted { (rank($0), $0.path) < (rank($1), $1.path) }
        for other in files.dropFirst() {
            issues.append(.severalReferences(kept: files[0].relativePath, ignored: other.relativePath))
        }
        return files.first
    }

    private static func scans(
        in folder: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [String: URL] {
        var files: [String: URL] = [:]
        var doubtful: Set<String> = []
        for file in try folder.visibleEntries() where file.isScanName && !file.isFolder {
            let stem = file.imageStem
            if let other = files[stem] {
                if stem.utf8.elementsEqual(other.imageStem.utf8) {
                    // The names sort .nii before .nii.gz; datasets are distributed compressed.
                    issues.append(.sameName(kept: file.relativePath, ignored: other.relativePath))
                } else {
                    doubtful.insert(stem)
                }
            }
            files[stem] = file
        }
        for stem in doubtful.sorted() {
            issues.append(.sameNameInUnicode(folder: folder.relativePath, name: stem))
            files[stem] = nil
        }
        return files
    }

    private static func rank(_ file: URL) -> Int {
        let stem = file.imageStem.lowercased()
        return referenceEndings.firstIndex { stem.hasSuffix($0) } ?? -1
    }
}

extension String {
    /// A key that is the same for all names of one frame, whatever the zeros before its number; nil for other names.
    fileprivate var frameKey: String? { frame.map { "\($0.before)/\($0.number)" } }
}
