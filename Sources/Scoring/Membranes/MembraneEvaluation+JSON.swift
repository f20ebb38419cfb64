import Files
import Foundation

extension MembraneEvaluation: Codable {
    private enum Keys: String, CodingKey {
        case best, slices
    }

    /// Returns the bytes of a file of scores: sorted keys, two spaces of indentation, six decimals (nine for the
    /// warping error, which is tiny), a final newline.
    public func json() throws -> Data {
        try jsonText() + Data("\n".utf8)
    }

    /// Writes `slices` with all thresholds, and `best` with the mean and threshold of every score.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(slices, forKey: .slices)
        var scores = container.nestedContainer(keyedBy: NameKey.self, forKey: .best)
        for measure in Measure.allCases {
            guard let best = best[measure] else {
                try scores.encodeNil(forKey: NameKey(measure.rawValue))
                continue
            }
            var one = scores.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(measure.rawValue))
            let mean = measure == .warpingError ? (best.mean * 1e9).rounded() / 1e9 : best.mean.forJSON
            try one.encode(mean, forKey: NameKey("mean"))
            try one.encode(best.threshold, forKey: NameKey("threshold"))
            try one.encodeIfPresent(best.parts?.split.forJSON, forKey: NameKey("split"))
            try one.encodeIfPresent(best.parts?.merge.forJSON, forKey: NameKey("merge"))
        }
    }

    /// Reads `slices` and summarizes them again from the rounded numbers; the rest follows from them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let slices = try container.decode([MembraneScore].self, forKey: .slices)
        guard !slices.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .slices, in: container, debugDescription: "There is no slice.")
        }
        self.init(slices: slices)
    }
}

extension MembraneScore: Codable {
    private enum Keys: String, CodingKey {
        case name = "slice"
        case pixels, thresholds
    }

    /// Writes the name, the number of pixels, and the scores at every threshold.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(name, forKey: .name)
        try container.encode(pixels, forKey: .pixels)
        try container.encode(scores, forKey: .thresholds)
    }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let scores = try container.decode([AtThreshold].self, forKey: .thresholds)
        guard scores.map(\.threshold) == Self.thresholds else {
            throw DecodingError.dataCorruptedError(
                forKey: .thresholds, in: container,
                debugDescription: "The thresholds are not 0 to 1 in steps of 0.1.")
        }
        self.init(
            name: try container.decode(String.self, forKey: .name),
            pixels: try container.decode(Int.self, forKey: .pixels), scores: scores)
    }
}

extension MembraneScore.AtThreshold: Codable {
    private enum Keys: String, CodingKey {
        case threshold, splits, mergers, deletions
        case rand = "v_rand"
        case information = "v_info"
        case randError = "rand_error"
        case pixelError = "pixel_error"
        case hasCells = "has_cells"
    }

    /// Writes the scores, rounded.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(rand, forKey: .rand)
        try container.encode(information, forKey: .information)
        try container.encode(randError.forJSON, forKey: .randError)
        try container.encode(pixelError.forJSON, forKey: .pixelError)
        try container.encode(splits, forKey: .splits)
        try container.encode(mergers, forKey: .mergers)
        try container.encode(deletions, forKey: .deletions)
        try container.encode(hasCells, forKey: .hasCells)
    }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        threshold = try container.decode(Double.self, forKey: .threshold)
        rand = try container.decode(PartitionAgreement.self, forKey: .rand)
        information = try container.decode(PartitionAgreement.self, forKey: .information)
        randError = try container.decode(Double.self, forKey: .randError)
        pixelError = try container.decode(Double.self, forKey: .pixelError)
        splits = try container.decode(Int.self, forKey: .splits)
        mergers = try container.decode(Int.self, forKey: .mergers)
        deletions = try container.decode(Int.self, forKey: .deletions)
        hasCells = try container.decode(Bool.self, forKey: .hasCells)
    }
}

extension PartitionAgreement: Codable {
    private enum Keys: String, CodingKey {
        case value, split, merge
    }

    /// Writes the value and its parts, rounded.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(value.forJSON, forKey: .value)
        try container.encode(split.forJSON, forKey: .split)
        try container.encode(merge.forJSON, forKey: .merge)
    }

    /// Reads the parts, which determine the value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        split = try container.decode(Double.self, forKey: .split)
        merge = try container.decode(Double.self, forKey: .merge)
    }
}
