import Foundation
import Imaging

/// Names that a label file gives its labels, where they contradict those of its dataset.
///
/// Structures are the same by name, whatever their numbers are; so a file that calls 3 what the dataset calls 1 must
/// not be taken by its numbers. Letter case, and `_` for a space, make no other name.
public struct OtherNames: Sendable, Hashable, Codable {
    /// The label file.
    public var path: String
    /// What the file says.
    public var own: [Structure]
    /// What the dataset says.
    public var known: [Structure]

    /// Compares what `file` says with the dataset's structures; nil where they agree, or the file says nothing.
    init?(in file: URL, own: [Structure]?, known: [Structure]) {
        guard let own, own.contains(where: { one in known.contains { $0.contradicts(one) } }) else {
            return nil
        }
        path = file.relativePath
        self.own = own
        self.known = known
    }
}

extension OtherNames: CustomStringConvertible {
    /// What is done where the dataset's names were stated and overrule the file's: a sentence without its full stop.
    public var description: String {
        "\(path) names its labels \(own.text), but they are used as \(known.text), as stated"
    }
}

extension Structure {
    /// Whether the two have one name and two numbers, or two names and one number.
    fileprivate func contradicts(_ other: Structure) -> Bool {
        (name.comparableName == other.name.comparableName) != (label == other.label)
    }
}
