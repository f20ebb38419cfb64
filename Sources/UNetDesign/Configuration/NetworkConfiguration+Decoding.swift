extension NetworkConfiguration {
    /// Reads a description from a file, where anything may stand. Files from before there were norms, drop-out, deep
    /// supervision and levels of their own shape say nothing of them and mean the defaults.
    ///
    /// - Throws: `DecodingError` for missing or wrong entries, and for sizes that make no network.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func refuse(_ key: CodingKeys, _ value: Any) -> DecodingError {
            .dataCorruptedError(
                forKey: key, in: container, debugDescription: "\(key.stringValue) cannot be \(value)")
        }
        func size(_ key: CodingKeys, upTo limit: Int) throws -> Int {
            let value = try container.decode(Int.self, forKey: key)
            guard (1...limit).contains(value) else { throw refuse(key, value) }
            return value
        }
        let architecture = try container.decode(Architecture.self, forKey: .architecture)
        self.init(
            architecture: architecture,
            dimensions: try container.decode(Dimensions.self, forKey: .dimensions),
            inputChannels: try size(.inputChannels, upTo: 1 << 16),
            outputChannels: try size(.outputChannels, upTo: 1 << 16),
            filters: try size(.filters, upTo: 1 << 16), depth: try size(.depth, upTo: 16),
            norm: try container.decodeIfPresent(Norm.self, forKey: .norm),
            normEpsilon: try container.decode(Double.self, forKey: .normEpsilon),
            normMomentum: try container.decode(Double.self, forKey: .normMomentum),
            deepSupervision: try container.decodeIfPresent(Bool.self, forKey: .deepSupervision) ?? false,
            dropout: try container.decodeIfPresent(Double.self, forKey: .dropout))
        guard (0..<1).contains(dropout) else { throw refuse(.dropout, dropout) }
        if let poolings = try container.decodeIfPresent([[Int]].self, forKey: .poolings) {
            self.poolings = poolings
            guard hasSoundLevels else { throw refuse(.poolings, poolings) }
        }
        if let kernels = try container.decodeIfPresent([[Int]].self, forKey: .kernels) {
            self.kernels = kernels
            guard hasSoundLevels else { throw refuse(.kernels, kernels) }
        }
    }
}
