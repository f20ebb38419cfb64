import Foundation
import Imaging

/// A case that cannot be scored.
public enum ScoringError: Error, Sendable, Equatable {
    /// The part of a case that does not fit the rest.
    public enum Part: String, Sendable {
        /// The predicted labels.
        case prediction
        /// The ground truth.
        case reference
        /// The predicted probabilities.
        case probabilities
    }

    /// The `part` of `name` has a different number of voxels than the rest.
    case differentShape(name: String, part: Part, expected: Extent, found: Extent)
    /// The `part` of `name` has a different voxel spacing (mm) than the rest.
    case differentSpacing(name: String, part: Part, expected: Spacing, found: Spacing)
    /// The `part` of `name` contains labels that no structure has.
    case unknownLabels(name: String, part: Part, labels: [UInt8], known: [Structure])
    /// The probabilities of `name` have a different number of channels than there are classes.
    case differentChannels(name: String, expected: Int, found: Int)
}

extension ScoringError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the case and says what to do.
    public var description: String {
        switch self {
        case .differentShape(let name, let part, let expected, let found):
            return
                "\(name): the \(part.name) \(part.has) \(Self.text(found)) voxels, but \(Self.text(expected)) "
                + "are expected; score predictions on the scan's own grid."
        case .differentSpacing(let name, let part, let expected, let found):
            return "\(name): the \(part.name) \(part.has) a spacing of \(Self.text(found)) mm, but "
                + "\(Self.text(expected)) mm is expected; check that both files belong to the same scan."
        case .unknownLabels(let name, let part, let labels, let known):
            let structures = known.map { "\($0.label) = \($0.name)" }.joined(separator: ", ")
            return
                "\(name): the \(part.name) \(part.has) labels \(NumberList(labels)), "
                + "but only 0 = background, \(structures) are known; check the file or name its structures."
        case .differentChannels(let name, let expected, let found):
            return "\(name): the probabilities have \(found) channels, but \(expected) are expected; "
                + "predict again with the model that these labels belong to."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }

    private static func text(_ extent: Extent) -> String {
        "\(extent.width) × \(extent.height) × \(extent.depth)"
    }

    private static func text(_ spacing: Spacing) -> String {
        [spacing.x, spacing.y, spacing.z].map { String(format: "%.5g", $0) }.joined(separator: " × ")
    }
}

extension ScoringError.Part {
    fileprivate var name: String { rawValue }
    fileprivate var has: String { self == .probabilities ? "have" : "has" }
}
