import Foundation

/// How JSON is laid out.
package enum JSONLayout: Sendable {
    /// Two spaces for each level: for files that people open.
    case indented
    /// One line: for JSON inside another file.
    case line
}

extension Encodable {
    /// The value as JSON with sorted keys: the same value always gives the same bytes.
    ///
    /// - Throws: `EncodingError`, for example for a number that is not finite.
    package func jsonText(_ layout: JSONLayout = .indented) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if layout == .indented { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(self)
    }
}
