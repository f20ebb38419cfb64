import Imaging
import UNetDesign

/// A decoder of a plan's entries by their paths.
struct PlanDecoder {
    private let root: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder) throws { root = try decoder.container(keyedBy: Key.self) }

    /// Decodes the entry at `path`, such as `training.epochs`.
    ///
    /// - Throws: `DecodingError` if it is missing or of another type.
    func decode<Value: Decodable>(_ type: Value.Type, at path: String) throws -> Value {
        let (container, key) = try place(path)
        return try container.decode(type, forKey: key)
    }

    /// Decodes the entry at `path`; nil if the entry itself is missing.
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, at path: String) throws -> Value? {
        let (container, key) = try place(path)
        return try container.decodeIfPresent(type, forKey: key)
    }

    private func place(_ path: String) throws -> (KeyedDecodingContainer<Key>, Key) {
        let keys = path.split(separator: ".").map { Key(stringValue: String($0)) }
        var container = root
        for key in keys.dropLast() {
            container = try container.nestedContainer(keyedBy: Key.self, forKey: key)
        }
        return (container, keys[keys.count - 1])
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}

extension Plan: Decodable {
    /// Decodes a plan. Settings missing from older plans get the values that the older version trained with; see
    /// `PlanSetting.all`.
    ///
    /// - Throws: `DecodingError`. A decoded plan is not necessarily valid; see `validate`.
    public init(from decoder: any Decoder) throws {
        let file = try PlanDecoder(decoder)
        let version = try file.decode(Int.self, at: "formatVersion")
        self.init(
            structures: try file.decode([Structure].self, at: "structures"),
            network: try file.decode(NetworkConfiguration.self, at: "network"))
        formatVersion = version
        for setting in PlanSetting.all { try setting.decode?(file, &self) }
    }
}

/// Descriptions of what is wrong with a JSON file.
extension DecodingError {
    /// What is wrong, as a clause such as `“training.epochs” is missing` or `it is not JSON`.
    package var reason: String {
        switch self {
        case .keyNotFound(let key, let context): "“\(Self.name(context.codingPath + [key]))” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "“\(Self.name(context.codingPath))” has the wrong type"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON" : "“\(Self.name(context.codingPath))”: \(context.debugDescription)"
        @unknown default: "it does not have the expected form"
        }
    }

    private static func name(_ path: [any CodingKey]) -> String {
        path.map { key in key.intValue.map(String.init) ?? key.stringValue }.joined(separator: ".")
    }
}
