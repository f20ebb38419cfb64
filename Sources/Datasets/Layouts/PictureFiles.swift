import Foundation
import Scans

/// The PNG and TIFF files of a folder, or of two, sorted into images and their labels by name.
struct PictureFiles {
    /// One image and the labels that belong to it.
    struct Pair {
        var stem: String
        var image: URL
        var reference: URL?
    }

    /// Endings of label files next to their images, and of labels in a separate folder.
    static let labelEndings = ["_mask", "_masks", "_gt", "-gt", "_label", "_labels", "_seg", "_segmentation"]
    /// Endings of this program's output.
    static let outputEndings = ["_pred", "_prob", "_overlay"]

    private(set) var pairs: [Pair] = []

    /// Finds images next to their labels, `X.png` and `X_mask.png`.
    init(beside folder: URL, issues: inout [DatasetIssue]) throws(DatasetError) {
        var images: [(stem: String, url: URL)] = []
        var labels: [(stem: String, url: URL)] = []
        for (stem, file) in try Self.pictures(in: folder, issues: &issues) {
            if let ending = stem.labelEnding {
                labels.append((String(stem.dropLast(ending.count)), file))
            } else {
                images.append((stem, file))
            }
        }
        pair(images, labels, issues: &issues)
    }

    /// Finds images in one folder and labels of the same names, or with one of `labelEndings`, in another.
    ///
    /// - Throws: `DatasetError.nothingPairs` if both exist and none belong together.
    init(images: URL, labels: URL?, issues: inout [DatasetIssue]) throws(DatasetError) {
        let found = try Self.pictures(in: images, issues: &issues)
        let names = Set(found.map(\.stem))
        let references =
            try labels.map { folder throws(DatasetError) in
                try Self.pictures(in: folder, issues: &issues)
            } ?? []
        let named = references.map { reference in
            guard !names.contains(reference.stem), let ending = reference.stem.labelEnding else {
                return reference
            }
            return (String(reference.stem.dropLast(ending.count)), reference.url)
        }
        if let labels, let image = found.first, let label = references.first,
            !named.contains(where: { names.contains($0.stem) })
        {
            throw .nothingPairs(
                images: images.relativePath, labels: labels.relativePath, image: image.url.lastPathComponent,
                label: label.url.lastPathComponent)
        }
        pair(found, named, issues: &issues)
    }

    private mutating func pair(
        _ images: [(stem: String, url: URL)], _ labels: [(stem: String, url: URL)],
        issues: inout [DatasetIssue]
    ) {
        let found = Dictionary(grouping: labels) { $0.stem }
        for (stem, url) in images {
            let references = found[stem] ?? []
            for other in references.dropFirst() {
                issues.append(
                    .severalReferences(kept: references[0].url.relativePath, ignored: other.url.relativePath))
            }
            pairs.append(Pair(stem: stem, image: url, reference: references.first?.url))
        }
        let names = Set(images.map(\.stem))
        for label in labels where !names.contains(label.stem) {
            issues.append(.referenceWithoutImage(path: label.url.relativePath))
        }
    }

    /// Returns the pictures of a folder in natural order, skipping this program's own.
    private static func pictures(
        in folder: URL, issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [(stem: String, url: URL)] {
        var files: [String: URL] = [:]
        for file in try folder.visibleEntries() where ScanFormat.isPicture(file) && !file.isFolder {
            let stem = file.deletingPathExtension().lastPathComponent
            if outputEndings.contains(where: { stem.lowercased().hasSuffix($0) }) {
                issues.append(.prediction(path: file.relativePath))
            } else if let kept = files[stem] {
                issues.append(.sameName(kept: kept.relativePath, ignored: file.relativePath))
            } else {
                files[stem] = file
            }
        }
        return files.sorted { $0.key.naturallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
}

extension String {
    /// The ending that marks a file as labels; nil if there is none.
    fileprivate var labelEnding: String? {
        let name = lowercased()
        return PictureFiles.labelEndings.first { name.hasSuffix($0) && name.count > $0.count }
    }
}
