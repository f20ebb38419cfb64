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
            let reason = (error as? DecodingError)?.reason ?? (error as? FileError)?.system ?? "\(error)"
            throw .badManifest(path: path, reason: reason)
        }
        guard formatVersion == 1 else {
            throw .badManifest(path: path, reason: "its format version is \(formatVersion)")
        }
        let (names, labels) = (Set(structures.map(\.name)), Set(structures.map(\.label)))
        guard names.count == structures.count, labels.count == structures.count, !labels.contains(0) else {
            throw .badManifest(
                path: path, reason: "its structures have not a name and a label from 1 to 255 each")
        }
    }

    /// Writes the manifest into `folder`.
    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            try encoder.encode(self) + Data("\n".utf8), to: folder.appending(path: Self.fileName))
    }
}

extension PredictionManifest {
    /// A folder whose manifest covers predictions that are being made.
    struct Update {
        fileprivate let folder: URL
        /// What the folder held before; nil where it had no manifest.
        fileprivate let before: PredictionManifest?
        fileprivate let during: PredictionManifest

        /// Takes back what was said of `failed`, of which nothing was written.
        func end(without failed: [String]) throws {
            let gone = Set(failed).subtracting(before?.cases ?? [])
            guard !gone.isEmpty else { return }
            let rest = PredictionManifest(
                structures: during.structures, cases: during.cases.filter { !gone.contains($0) })
            guard rest.cases.isEmpty else {
                try rest.write(to: folder)
                return
            }
            try? FileManager.default.removeItem(at: folder.appending(path: PredictionManifest.fileName))
        }
    }

    /// Adds predictions of `cases` to the manifest of `folder`.
    ///
    /// One folder has one list of structures: pictures cannot say which of several theirs is.
    /// - Throws: `SegmentationError.otherStructures` where the folder holds predictions of other structures,
    ///   `.badManifest` for a damaged manifest, `FileError` where it cannot be written.
    static func begin(_ cases: [String], of structures: [Structure], in folder: URL) throws -> Update {
        let before = try PredictionManifest(in: folder)
        if let before, before.structures != structures {
            throw SegmentationError.otherStructures(
                path: folder.path(percentEncoded: false), found: before.structures, expected: structures)
        }
        let during = PredictionManifest(structures: structures, cases: (before?.cases ?? []) + cases)
        if !cases.isEmpty, during != before { try during.write(to: folder) }
        return Update(folder: folder, before: before, during: during)
    }
}
