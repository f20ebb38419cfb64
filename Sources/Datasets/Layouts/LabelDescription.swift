import Files
import Foundation
import Imaging

/// The file `labels.json`, which names a dataset's labels: `{"labels": {"RV": 1, "MYO": 2, "LV": 3}}`.
enum LabelDescription {
    static let fileName = "labels.json"

    private struct Content: Decodable {
        var labels: [String: Int]
    }

    /// The structures that the file in `root` names, in the order of their labels; nil where there is no file.
    /// A label 0 is background and is ignored.
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
