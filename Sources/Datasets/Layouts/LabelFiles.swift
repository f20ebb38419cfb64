import Files
import Foundation
import Imaging
import Scans
import Synchronization

/// The contents of a dataset's label files, each read once while the dataset is opened.
final class LabelFiles: Sendable {
    /// The contents of one file.
    struct Content: Sendable {
        /// Frames along the fourth dimension; 1 for pictures.
        var frameCount: Int
        /// The frames, from 0, with a value that is not 0, or not a whole number.
        var labeledFrames: [Int] = []
        /// The values other than 0 in all frames or pages.
        var values: Set<Int32> = []
        /// The file's own names for its labels; nil if it has none.
        var structures: [Structure]?
        /// Whether all values are whole numbers.
        var isOfIntegers = true
    }

    private let contents = Mutex<[URL: Content?]>([:])

    /// Reads those of `files` that have not been read yet, on all processors.
    func read(_ files: [URL]) {
        let known = contents.withLock { $0 }
        _ = Set(files).filter { known[$0] == nil }.sorted { $0.path < $1.path }.parallelMap { self[$0] }
    }

    /// The contents of `file`; nil if it cannot be read, which loading reports.
    subscript(file: URL) -> Content? {
        if let known = contents.withLock({ $0[file] }) { return known }
        let found = ScanFormat.isPicture(file) ? Self.picture(file) : Self.scan(file)
        contents.withLock { $0[file] = .some(found) }
        return found
    }

    private static func scan(_ file: URL) -> Content? {
        var reader = ScanReader()
        guard let image = try? reader.nifti(file) else { return nil }
        var content = Content(frameCount: image.frameCount)
        content.structures = image.header.structures
        for frame in 0..<image.frameCount {
            guard let labels = try? reader.labels(in: file, frame: frame) else {
                content.isOfIntegers = false
                content.labeledFrames.append(frame)
                continue
            }
            let values = labels.distinctValues.subtracting([0])
            if !values.isEmpty { content.labeledFrames.append(frame) }
            content.values.formUnion(values)
        }
        return content
    }

    private static func picture(_ file: URL) -> Content? {
        var content = Content(frameCount: 1)
        if let labels = try? LabelScan(contentsOf: file) {
            content.values = labels.distinctValues
        } else if let places = (try? ScanHeader(contentsOf: file))?.pageOffsets {
            // Pages of several sizes, or too many for one volume, are a case each.
            for (page, place) in places.enumerated() {
                let labels = try? LabelScan(contentsOf: file, page: page, at: place)
                content.values.formUnion(labels?.distinctValues ?? [])
            }
        } else {
            return nil
        }
        content.values.remove(0)
        return content
    }
}

/// The file `labels.json`, which names a dataset's labels: `{"labels": {"RV": 1, "MYO": 2, "LV": 3}}`.
enum LabelDescription {
    static let fileName = "labels.json"

    private struct Content: Decodable {
        var labels: [String: Int]
    }

    /// Returns the structures that the file in `root` names, in the order of their labels; nil if there is no file. A
    /// label 0 is background and is ignored.
    static func structures(in root: URL) throws(DatasetError) -> [Structure]? {
        let file = root.appending(path: fileName)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
        let data: Data
        do { data = try FileContents.description(file) } catch { throw .file(error) }
        guard let content = try? JSONDecoder().decode(Content.self, from: data)
        else {
            throw .badDescription(
                path: file.relativePath, reason: "is not {\"labels\": {\"NAME\": NUMBER, …}}")
        }
        let labels = content.labels.filter { $0.value != 0 }.sorted {
            ($0.value, $0.key) < ($1.value, $1.key)
        }
        for (name, label) in labels where !(1...255 ~= label) {
            throw .badDescription(
                path: file.relativePath, reason: "gives \(name) the label \(label), not 1 to 255")
        }
        for (one, two) in zip(labels, labels.dropFirst()) where one.value == two.value {
            throw .badDescription(
                path: file.relativePath, reason: "gives \(one.key) and \(two.key) the same label \(one.value)"
            )
        }
        guard !labels.isEmpty else {
            throw .badDescription(path: file.relativePath, reason: "names no structure")
        }
        return labels.map { Structure(name: $0.key, label: UInt8($0.value)) }
    }
}
