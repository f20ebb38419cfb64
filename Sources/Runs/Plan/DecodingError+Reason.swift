/// What was wrong with a JSON file, in the middle of a sentence.
extension DecodingError {
    /// Such as `“training.epochs” is missing`, or `it is not JSON`.
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
