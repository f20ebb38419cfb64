import Foundation

/// The layout of JSON text.
package enum JSONLayout: Sendable {
    /// Indented by two spaces per level, for files that people open.
    case indented
    /// On one line, for JSON inside another file.
    case line
}

extension Encodable {
    /// Returns the value as JSON with sorted keys, so that the same value always gives the same bytes.
    ///
    /// - Throws: `EncodingError`, for example for a number that is not finite.
    package func jsonText(_ layout: JSONLayout = .indented) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if layout == .indented { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(self)
    }
}
