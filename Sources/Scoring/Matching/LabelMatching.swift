import Imaging

/// Which structure of a reference each label of a prediction stands for: by name, whatever the numbers are.
///
/// Names are alike where they differ only in letter case, or have `_` for a space. A structure that only the
/// prediction has counts as background; one that only the reference has is not scored.
public struct LabelMatching: Sendable, Equatable {
    /// What the prediction's labels mean, in the order of its probabilities.
    public let predicted: [Structure]
    /// What the reference's labels mean.
    public let reference: [Structure]
    /// The structures of both, with the names and numbers of the reference and in its order: what is scored.
    public let common: [Structure]
    /// The number in the prediction of each of `common`.
    let predictedNumbers: [UInt8]

    /// Matches two lists of structures; nil where they have no name in common.
    public init?(predicted: [Structure], reference: [Structure]) {
        let pairs = reference.compactMap { structure in
            Self.partner(of: structure, reference, in: predicted).map { (structure, $0.label) }
        }
        guard !pairs.isEmpty else { return nil }
        self.predicted = predicted
        self.reference = reference
        common = pairs.map(\.0)
        predictedNumbers = pairs.map(\.1)
    }

    /// Structures that only the prediction has.
    public var onlyPredicted: [Structure] { predicted.filter { !predictedNumbers.contains($0.label) } }
    /// Structures that only the reference has.
    public var onlyReference: [Structure] { reference.filter { !common.contains($0) } }
    /// Whether a structure of both has other numbers in them.
    public var numbersDiffer: Bool { common.map(\.label) != predictedNumbers }

    /// The same name is a better match than one alike, and of several that are alike none can be told apart.
    private static func partner(
        of structure: Structure, _ reference: [Structure], in predicted: [Structure]
    ) -> Structure? {
        if let same = predicted.first(where: { $0.name == structure.name }) { return same }
        func alike(_ some: [Structure], without others: [Structure]) -> [Structure] {
            some.filter { one in
                one.name.comparableName == structure.name.comparableName
                    && !others.contains { $0.name == one.name }
            }
        }
        let found = alike(predicted, without: reference)
        return found.count == 1 && alike(reference, without: predicted).count == 1 ? found[0] : nil
    }
}
