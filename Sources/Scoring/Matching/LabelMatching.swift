import Imaging

/// A matching of the labels of a prediction to the structures of a reference: by name, whatever their numbers.
///
/// Names match if they differ only in letter case, or have `_` for a space. A structure that only the prediction has
/// counts as background; one that only the reference has is not scored.
public struct LabelMatching: Sendable, Equatable {
    /// The structures of the prediction, in the order of its probabilities.
    public let predicted: [Structure]
    /// The structures of the reference.
    public let reference: [Structure]
    /// The structures that both have and that are scored, with the names and numbers of the reference and in its order.
    public let common: [Structure]
    /// The number of each of `common` in the prediction.
    let predictedNumbers: [UInt8]

    /// Matches two lists of structures; nil if they have no name in common.
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
    /// Whether a structure that both have has different numbers in them.
    public var numbersDiffer: Bool { common.map(\.label) != predictedNumbers }

    /// Returns the match for `structure`: the same name is better than a similar one, and several similar ones cannot
    /// be told apart.
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

extension LabelMatching {
    /// Returns the prediction `map` with the reference's numbers; structures that only the prediction has become
    /// background.
    ///
    /// - Parameters:
    ///   - map: the predicted labels.
    ///   - name: the case, for errors.
    /// - Throws: `ScoringError.unknownLabels` if it contains labels without a name.
    public func prediction(_ map: LabelMap, name: String) throws(ScoringError) -> LabelMap {
        try renumbered(map, .prediction, name: name, known: predicted, from: predictedNumbers)
    }

    /// Returns the reference `map` without the structures that are not scored.
    ///
    /// - Parameters:
    ///   - map: the labels of the reference.
    ///   - name: the case, for errors.
    /// - Throws: `ScoringError.unknownLabels` if it contains labels without a name.
    public func reference(_ map: LabelMap, name: String) throws(ScoringError) -> LabelMap {
        try renumbered(map, .reference, name: name, known: reference, from: common.map(\.label))
    }

    /// Returns `map` with the background and then the channels of `common`, in that order. The probabilities of
    /// structures that only the prediction has are added to the background's. One channel for one structure stays as it
    /// is.
    ///
    /// - Parameters:
    ///   - map: the probabilities of the prediction.
    ///   - name: the case, for errors.
    /// - Throws: `ScoringError.differentChannels` if the map does not have a channel for each class of the prediction.
    public func probabilities(_ map: ProbabilityMap, name: String) throws(ScoringError) -> ProbabilityMap {
        if map.channels == 1, predicted.count == 1 { return map }
        guard map.channels == predicted.count + 1 else {
            throw .differentChannels(name: name, expected: predicted.count + 1, found: map.channels)
        }
        let channels = predictedNumbers.map { label in
            1 + (predicted.firstIndex { $0.label == label } ?? 0)
        }
        guard channels != Array(1..<map.channels) else { return map }
        let count = map.geometry.count
        func values(_ channel: Int) -> ArraySlice<Float> {
            map.values[channel * count..<(channel + 1) * count]
        }
        var background = Array(values(0))
        for channel in 1..<map.channels where !channels.contains(channel) {
            let start = channel * count
            for index in 0..<count { background[index] += map.values[start + index] }
        }
        return ProbabilityMap(
            geometry: map.geometry, channels: channels.count + 1,
            values: channels.reduce(into: background) { $0 += values($1) })
    }

    private func renumbered(
        _ map: LabelMap, _ part: ScoringError.Part, name: String, known: [Structure], from numbers: [UInt8]
    ) throws(ScoringError) -> LabelMap {
        let unknown = map.presentLabels.filter { label in !known.contains { $0.label == label } }
        guard unknown.isEmpty else {
            throw .unknownLabels(name: name, part: part, labels: unknown, known: known)
        }
        var table = [UInt8](repeating: 0, count: 256)
        for (number, structure) in zip(numbers, common) { table[Int(number)] = structure.label }
        return LabelMap(geometry: map.geometry, labels: map.labels.map { table[Int($0)] })
    }
}

extension Evaluation {
    /// The way the labels of some predictions were matched to the scored structures: `label_matching` in
    /// `evaluation.json`.
    public struct Matching: Sendable, Hashable, Codable {
        /// The source of the names of the predictions' labels. Names decide in every case.
        public enum Basis: String, Sendable, Codable {
            /// The predictions contain them.
            case names
            /// The caller stated them.
            case stated
            /// They are unknown: the labels were assumed to be those of the reference.
            case assumed
        }

        /// The source of the names.
        public var basis: Basis
        /// The number of predictions.
        public var predictions: Int
        /// The structures of their labels, with the predictions' own numbers.
        public var structures: [Structure]

        /// Creates a matching from its values.
        public init(basis: Basis, predictions: Int, structures: [Structure]) {
            self.basis = basis
            self.predictions = predictions
            self.structures = structures
        }
    }
}
