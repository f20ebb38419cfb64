import Foundation
import Imaging

/// The description of a model folder, `model.json`: the networks that predict together, and how.
///
/// A cross-validation leaves such a folder, whose rules it chose on patients that the networks have not seen. Anything
/// that takes a run folder to predict with takes a model folder too.
public struct ModelDescription: Codable, Sendable, Equatable {
    /// The version of the format.
    public var formatVersion = 1
    /// The name of the model, such as `acdc`.
    public var name: String
    /// The networks.
    public var members: [Member]
    /// Whether each network's probabilities are averaged over mirrored copies of its input.
    public var isMirrored: Bool
    /// The connected components of a prediction that are kept.
    public var components: ComponentRule

    /// A network of a model folder.
    public struct Member: Codable, Sendable, Equatable {
        /// The name of its weights file, beside `model.json`; the file carries its plan.
        public var file: String
        /// Its weight in the mean of the probabilities, relative to those of the others.
        public var weight: Double

        /// Creates a member with its weight in the mean.
        public init(file: String, weight: Double = 1) {
            self.file = file
            self.weight = weight
        }
    }

    /// The name of the file.
    public static let fileName = "model.json"

    /// Creates a description of `members`, the first of which predicts alone where time is short.
    public init(name: String, members: [Member], isMirrored: Bool, components: ComponentRule) {
        self.name = name
        self.members = members
        self.isMirrored = isMirrored
        self.components = components
    }
}

extension ModelDescription {
    /// Reads the description in `folder`; nil if there is none.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is damaged, has another version, or members that cannot be used.
    public init?(in folder: URL) throws(SegmentationError) {
        let file = folder.appending(path: Self.fileName)
        let path = file.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        self = try file.readJSON(Self.self)
        do throws(ModelDescriptionError) { try check() } catch {
            throw .unreadable(path: path, UnderlyingError(error))
        }
    }

    private func check() throws(ModelDescriptionError) {
        guard formatVersion == 1 else { throw .version(formatVersion) }
        guard !members.isEmpty else { throw .noMembers }
        for member in members {
            guard !member.file.isEmpty, !member.file.contains("/") else { throw .file(member.file) }
            guard member.weight > 0, member.weight.isFinite else { throw .weight(member.file) }
        }
    }
}

/// An error in a `model.json` that is valid JSON.
public enum ModelDescriptionError: Error, Equatable, CustomStringConvertible {
    /// A version of the format that this program cannot read.
    case version(Int)
    /// No networks.
    case noMembers
    /// A member that is not the name of a file in the folder.
    case file(String)
    /// A member whose weight is not a positive number.
    case weight(String)

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .version(let version): "its format version is \(version), but this program reads version 1"
        case .noMembers: "it lists no networks"
        case .file(let name): "its member “\(name)” is not the name of a file in the same folder"
        case .weight(let name): "the weight of its member “\(name)” is not positive"
        }
    }
}
