import Imaging

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
