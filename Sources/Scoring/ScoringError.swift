import Imaging

/// A case that cannot be scored.
public enum ScoringError: Error, Sendable, Equatable {
    /// What does not fit the rest of the case.
    public enum Part: String, Sendable {
        /// The labels that were predicted.
        case prediction
        /// The ground truth.
        case reference
        /// The probabilities that were predicted.
        case probabilities
    }

    /// `part` of `name` has another number of voxels than the rest.
    case differentShape(name: String, part: Part, expected: Extent, found: Extent)
    /// `part` of `name` has another voxel spacing (mm) than the rest.
    case differentSpacing(name: String, part: Part, expected: Spacing, found: Spacing)
    /// `part` of `name` holds labels that no structure has.
    case unknownLabels(name: String, part: Part, labels: [UInt8], known: [Structure])
    /// The probabilities of `name` have another number of channels than there are classes.
    case differentChannels(name: String, expected: Int, found: Int)
}
