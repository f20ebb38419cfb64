import Datasets
import Files
import Foundation
import Scans

/// The images in a folder and its subfolders, as far as names and descriptions tell them from labels.
struct ImageFolder {
    /// A folder of labels, which are not predicted.
    struct Labels {
        var url: URL
        /// The number of images in it and its subfolders.
        var count: Int
        /// Whether a `dataset.json`, rather than its name, makes it one.
        var isDescribed: Bool

        /// Returns whether `file` lies in it or a subfolder.
        func holds(_ file: URL) -> Bool {
            file.standardizedFileURL.pathComponents.starts(with: url.standardizedFileURL.pathComponents)
        }

        var issue: DatasetIssue {
            .labelFolder(path: url.relativePath, count: count, isDescribed: isDescribed)
        }
    }

    /// Images, in the order of their paths.
    private(set) var images: [URL] = []
    /// Skipped folders of labels, in the order of their paths.
    private(set) var labels: [Labels] = []
    /// Folders already searched, with symbolic links resolved, since links can lead to one again.
    private var visited: Set<String> = []

    /// The number of levels of subfolders to search.
    private static let depth = 16
    /// Name endings of files that are not images to segment: labels and this program's own outputs.
    private static let otherEndings = [
        "_gt", "-gt", "_seg", "_mask", "_label", "_pred", "_prob", "_overlay",
    ]

    /// Searches `root` level by level, so that a folder is found at its own place rather than by a longer path through
    /// links.
    init(_ root: URL) {
        var level: [(url: URL, described: Set<String>)] = [(root, [])]
        for _ in 0...Self.depth where !level.isEmpty {
            var next: [(url: URL, described: Set<String>)] = []
            var links: [(url: URL, described: Set<String>)] = []
            for folder in level {
                let real = folder.url.resolvingSymlinksInPath()
                guard visited.insert(real.path).inserted else { continue }
                for child in look(in: folder.url, described: folder.described) {
                    let place = real.appending(path: child.url.lastPathComponent).path
                    if child.url.resolvingSymlinksInPath().path == place {
                        next.append(child)
                    } else {
                        links.append(child)
                    }
                }
            }
            level = next + links
        }
        images.sort { $0.pathComponents.lexicographicallyPrecedes($1.pathComponents) }
        labels.sort { $0.url.pathComponents.lexicographicallyPrecedes($1.url.pathComponents) }
    }

    /// Returns whether `file` lies in one of the folders of labels.
    func isAmongLabels(_ file: URL) -> Bool { labels.contains { $0.holds(file) } }

    /// Collects the images in `folder` and returns the subfolders to search.
    ///
    /// - Parameter described: files that a `dataset.json` in a parent folder lists as labels, and the folders that hold
    ///   nothing else.
    private mutating func look(
        in folder: URL, described: Set<String>
    ) -> [(url: URL, described: Set<String>)] {
        // An unreadable folder hides only its own files.
        guard let listing = try? Folder.list(folder) else { return [] }
        let described = described.union(Self.labels(describedIn: folder, listing))
        var below: [(url: URL, described: Set<String>)] = []
        for entry in listing.distinct {
            let url = folder.appending(path: entry.name)
            let isDescribed = described.contains(url.standardizedFileURL.path)
            switch entry.kind {
            case .special: break
            case .file:
                let isImage = url.hasNIfTIEnding || ScanFormat.isPicture(url)
                if isImage, !isDescribed, !Self.otherEndings.contains(where: url.imageStem.hasSuffix) {
                    images.append(url)
                }
            case .folder:
                guard isDescribed || entry.name.isOfLabels else {
                    below.append((url, described))
                    continue
                }
                let count = Self.imageCount(in: url, depth: 3)
                if count > 0 { labels.append(Labels(url: url, count: count, isDescribed: isDescribed)) }
            }
        }
        return below
    }

    private static func labels(describedIn folder: URL, _ listing: Folder.Listing) -> Set<String> {
        guard listing.entries.contains(where: { $0.name == "dataset.json" }),
            let data = try? Dataset(imagesIn: folder)
        else { return [] }
        func place(_ file: URL) -> String { file.deletingLastPathComponent().standardizedFileURL.path }
        let references = data.cases.compactMap(\.reference)
        let folders = Set(references.map(place)).subtracting(data.cases.flatMap(\.images).map(place))
        return folders.union(references.map(\.standardizedFileURL.path))
    }

    private static func imageCount(in folder: URL, depth: Int) -> Int {
        guard depth >= 0, let listing = try? Folder.list(folder) else { return 0 }
        return listing.distinct.reduce(0) { sum, entry in
            let url = folder.appending(path: entry.name)
            return switch entry.kind {
            case .folder: sum + imageCount(in: url, depth: depth - 1)
            case .file: sum + (url.hasNIfTIEnding || ScanFormat.isPicture(url) ? 1 : 0)
            case .special: sum
            }
        }
    }
}

extension String {
    /// Whether this is the name of a folder of labels, such as `labelsTr`, `labels`, or `masks`, but not `Labeled`.
    fileprivate var isOfLabels: Bool {
        let name = lowercased()
        return ["label", "mask"].contains(name) || name.hasPrefix("labels") || name.hasPrefix("masks")
    }
}
