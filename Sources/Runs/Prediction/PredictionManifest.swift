import Files
import Foundation
import Imaging

/// The description of the predictions in a folder: `predictions.json`.
///
/// NIfTI predictions carry the names of their labels themselves (`NIfTIHeader.structures`); for pictures, and files
/// rewritten by another program, they are read from here.
public struct PredictionManifest: Codable, Sendable, Equatable {
    /// The version of the format.
    public var formatVersion = 1
    /// The structures of the labels, in the order of the probabilities' channels. Unless there is only one structure, a
    /// channel for the background precedes them.
    public var structures: [Structure]
    /// The cases that the manifest covers, sorted: `X` for `X_pred` and `X_prob`. Other files in the folder are not
    /// ours.
    public var cases: [String]
    /// The connected components that were kept, by case; nil, or no entry, if all were.
    public var components: [String: Components]?

    /// The components of a case that were kept.
    public struct Components: Codable, Sendable, Equatable {
        /// The rule.
        public var rule: ComponentRule
        /// The number of voxels that it removed in all frames, by the structure's name; nil if the command was killed
        /// before it ended.
        public var removed: [String: Int]?
    }

    /// The name of the file.
    public static let fileName = "predictions.json"

    /// Creates a manifest of `cases`.
    public init(structures: [Structure], cases: [String]) {
        self.structures = structures
        self.cases = Set(cases).sorted()
    }
}

extension PredictionManifest {
    /// Reads the manifest in `folder`; nil if there is none.
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
    /// A folder whose manifest covers predictions in progress.
    package struct Update: Sendable {
        fileprivate let folder: URL
        fileprivate let structures: [Structure]
        fileprivate let rule: ComponentRule
        /// The cases being predicted.
        fileprivate let cases: [String]
        /// The manifest that the folder had before; nil for none.
        fileprivate let before: PredictionManifest?

        /// Restores the entries of predictions that were not written, and records the voxels removed from the others.
        /// Entries that other runs have written meanwhile are kept.
        ///
        /// - Parameter written: the cases whose predictions were written, with the number of voxels removed from each
        ///   structure, by name.
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
    /// A folder has a single list of structures, since pictures could not state which of several is theirs.
    /// - Throws: `SegmentationError.otherStructures` if the folder holds predictions of other structures,
    ///   `.badManifest` for a damaged manifest, `FileError` if it cannot be written.
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

    /// Runs `body` while no other run reads or writes the manifest of `folder`, since several can predict into it.
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

    /// Restores the previous entry of a prediction that was not rewritten.
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

/// An error in a manifest that is valid JSON.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    /// A version of the format that this program cannot read.
    case version(Int)
    /// Structures with the same name or label, or one with the label 0.
    case structures

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .version(let version): "its format version is \(version)"
        case .structures: "its structures do not each have a unique name and a unique label from 1 to 255"
        }
    }
}
