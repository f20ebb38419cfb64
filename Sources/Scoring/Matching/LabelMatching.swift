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

extension LabelMatching {
    /// `map`, a prediction, with the reference's numbers; structures that only the prediction has are background.
    ///
    /// `name`: the case, for errors.
    /// - Throws: `ScoringError.unknownLabels` where it holds labels that have no name.
    public func prediction(_ map: LabelMap, name: String) throws(ScoringError) -> LabelMap {
        try renumbered(map, .prediction, name: name, known: predicted, from: predictedNumbers)
    }

    /// `map`, a reference, without the structures that are not scored.
    ///
    /// `name`: the case, for errors.
    /// - Throws: `ScoringError.unknownLabels` where it holds labels that have no name.
    public func reference(_ map: LabelMap, name: String) throws(ScoringError) -> LabelMap {
        try renumbered(map, .reference, name: name, known: reference, from: common.map(\.label))
    }

    /// `map` with the background and then the channels of `common`, in that order. The probabilities of structures
    /// that only the prediction has are added to the background's. One channel for one structure stays as it is.
    ///
    /// `name`: the case, for errors.
    /// - Throws: `ScoringError.differentChannels` where the map has not a channel for each class of the prediction.
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
    /// How the labels of some predictions were matched to the structures scored: `label_matching` of
    /// `evaluation.json`.
    public struct Matching: Sendable, Hashable, Codable {
        /// Where the names of the predictions' labels come from. Names decide in every case.
        public enum Basis: String, Sendable, Codable {
            /// The predictions carry them.
            case names
            /// Whoever asked for the scores said them.
            case stated
            /// Nobody said them: the labels were taken to be those of the reference.
            case assumed
        }

        /// Where the names come from.
        public var basis: Basis
        /// How many predictions it is about.
        public var predictions: Int
        /// What their labels mean, with the predictions' own numbers.
        public var structures: [Structure]

        /// A matching as it is.
        public init(basis: Basis, predictions: Int, structures: [Structure]) {
            self.basis = basis
            self.predictions = predictions
            self.structures = structures
        }
    }
}
