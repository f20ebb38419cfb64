import Files
import Foundation
import Imaging

/// What the predictions in a folder are: `predictions.json`.
///
/// A NIfTI prediction carries the names of its labels itself (`NIfTIHeader.structures`); pictures, and files that
/// another program has written anew, have them from here.
public struct PredictionManifest: Codable, Sendable, Equatable {
    /// Version of this format.
    public var formatVersion = 1
    /// What the labels mean, in the order of the probabilities' channels; a channel for the background stands before
    /// them unless there is only one structure.
    public var structures: [Structure]
    /// The cases that this is true of, sorted: `X` for `X_pred` and `X_prob`. Other files in the folder are not ours.
    public var cases: [String]
    /// Which connected components were kept, by case; nil, or no entry, where all were.
    public var components: [String: Components]?

    /// The components that were kept of a case.
    public struct Components: Codable, Sendable, Equatable {
        /// The rule.
        public var rule: ComponentRule
        /// Voxels that it removed in all frames, by the structure's name; nil where the command was killed before it
        /// ended.
        public var removed: [String: Int]?
    }

    /// The file's name.
    public static let fileName = "predictions.json"

    /// A manifest of `cases`.
    public init(structures: [Structure], cases: [String]) {
        self.structures = structures
        self.cases = Set(cases).sorted()
    }
}

extension PredictionManifest {
    /// Reads the manifest in `folder`; nil where there is none.
    ///
    /// - Throws: `SegmentationError.badManifest` for a damaged one.
    public init?(in folder: URL) throws(SegmentationError) {
        let file = folder.appending(path: Self.fileName)
        let path = file.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { self = try JSONDecoder().decode(Self.self, from: FileContents.mapped(file)) } catch {
            throw .badManifest(path: path, UnderlyingError(error))
        }
        guard formatVersion == 1 else {
            throw .badManifest(path: path, UnderlyingError(ManifestError.version(formatVersion)))
        }
        let (names, labels) = (Set(structures.map(\.name)), Set(structures.map(\.label)))
        guard names.count == structures.count, labels.count == structures.count, !labels.contains(0) else {
            throw .badManifest(path: path, UnderlyingError(ManifestError.structures))
        }
    }

    /// Writes the manifest into `folder`.
    func write(to folder: URL) throws {
        try AtomicFile.write(
            try jsonText() + Data("\n".utf8), to: folder.appending(path: Self.fileName))
    }
}

extension PredictionManifest {
    /// A folder whose manifest covers predictions that are being made.
    package struct Update: Sendable {
        fileprivate let folder: URL
        fileprivate let structures: [Structure]
        fileprivate let rule: ComponentRule
        /// The cases that are being made.
        fileprivate let cases: [String]
        /// What the folder held before; nil where it had no manifest.
        fileprivate let before: PredictionManifest?

        /// Takes back what was said of predictions that were not written, and adds what was removed of the others. What
        /// other runs have written meanwhile stays.
        ///
        /// - Parameter written: the cases whose predictions were, with the voxels removed of each structure, by name.
        package func end(written: [String: [String: Int]]) throws {
            try PredictionManifest.locked(folder) {
                let now = try PredictionManifest(in: folder)
                let failed = Set(cases).subtracting(written.keys)
                let lost = failed.subtracting(before?.cases ?? [])
                var after = PredictionManifest(
                    structures: structures,
                    cases: (now?.cases ?? []).filter { !lost.contains($0) } + written.keys)
                after.components = now?.components
                for name in failed { after.restore(name, from: before) }
                for (name, removed) in written { after.note(rule, removed: removed, of: name) }
                guard after != now else { return }
                guard after.cases.isEmpty else {
                    try after.write(to: folder)
                    return
                }
                try? FileManager.default.removeItem(
                    at: folder.appending(path: PredictionManifest.fileName))
            }
        }
    }

    /// Adds predictions of `cases` to the manifest of `folder`.
    ///
    /// One folder has one list of structures: pictures cannot say which of several theirs is.
    /// - Throws: `SegmentationError.otherStructures` where the folder holds predictions of other structures,
    ///   `.badManifest` for a damaged manifest, `FileError` where it cannot be written.
    package static func begin(
        _ cases: [String], of structures: [Structure], keeping rule: ComponentRule, in folder: URL
    ) throws -> Update {
        try locked(folder) {
            let before = try PredictionManifest(in: folder)
            if let before, before.structures != structures {
                throw SegmentationError.otherStructures(
                    path: folder.path(percentEncoded: false), found: before.structures, expected: structures)
            }
            var during = PredictionManifest(structures: structures, cases: (before?.cases ?? []) + cases)
            during.components = before?.components
            for name in cases { during.note(rule, removed: nil, of: name) }
            if !cases.isEmpty, during != before { try during.write(to: folder) }
            return Update(folder: folder, structures: structures, rule: rule, cases: cases, before: before)
        }
    }

    /// Runs `body` while no other run reads or writes the manifest of `folder`: several may predict into it.
    private static func locked<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
        let lock: FolderLock
        do throws(FolderLock.Failure) {
            lock = try FolderLock(folder, name: ".predictions.lock", waits: true)
        } catch {
            guard case .file(let error) = error else { preconditionFailure("a lock that is waited for") }
            throw error
        }
        defer { lock.release() }
        return try body()
    }

    /// Gives the entry of a prediction that was not written anew what it had before.
    private mutating func restore(_ name: String, from before: PredictionManifest?) {
        var entries = components ?? [:]
        entries[name] = before?.components?[name]
        components = entries.isEmpty ? nil : entries
    }

    private mutating func note(_ rule: ComponentRule, removed: [String: Int]?, of name: String) {
        var entries = components ?? [:]
        entries[name] = rule == .all ? nil : Components(rule: rule, removed: removed)
        components = entries.isEmpty ? nil : entries
    }
}

/// What can be wrong with a manifest that is sound JSON.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    /// A version of the format that this program does not read.
    case version(Int)
    /// Structures that share a name or a label, or one with the label 0.
    case structures

    /// What is wrong, in the middle of a sentence.
    public var description: String {
        switch self {
        case .version(let version): "its format version is \(version)"
        case .structures: "its structures do not each have a unique name and a unique label from 1 to 255"
        }
    }
}
