import Foundation

/// A folder that many tests share: `hearts` (three patients), and `run`, a tiny network trained on them.
///
/// It is made once and removed when the tests end. Tests write into folders of their own in it.
enum Workplace {
    static func root() throws -> URL { try made.get() }

    /// Arguments of a training that takes a moment.
    static let tiny = [
        "--filters", "2", "--depth", "2", "--patch", "32", "--epochs", "1", "--fold", "all", "--threads", "1",
        "--device", "cpu",
    ]

    struct NotTrained: Error, CustomStringConvertible {
        let result: Program.Result
        var description: String { "training failed (\(result.status)): \(result.errors)" }
    }

    private static let folder = FileManager.default.temporaryDirectory
        .appending(path: "swift-unet-tool-\(UUID().uuidString)")

    private static let made = Result {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Workplace.folder) }
        try SmallHearts.write(folder.appending(path: "hearts"), patients: 3)
        let result = try Program.run(["train", "hearts", "--output", "run"] + tiny, in: folder)
        guard result.status == 0 else { throw NotTrained(result: result) }
        return folder
    }
}

extension URL {
    var exists: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }

    /// The names of the folder's entries, sorted; empty where there is no folder.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(percentEncoded: false))) ?? []).sorted()
    }

    /// The size in bytes of every file below, by its path.
    var filesBelow: [String: Int] {
        var found: [String: Int] = [:]
        let names = FileManager.default.enumerator(atPath: path(percentEncoded: false))
        while let name = names?.nextObject() as? String {
            let file = appending(path: name).path(percentEncoded: false)
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            found[name] = attributes?[.size] as? Int
        }
        return found
    }
}
