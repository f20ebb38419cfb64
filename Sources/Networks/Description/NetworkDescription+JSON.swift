import Foundation

extension NetworkDescription {
    /// The description with its totals, for programs.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let report = Report(
            network: network, input: input, output: output, layers: layers, parameters: parameters,
            buffers: buffers, flops: flops)
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    private struct Report: Encodable {
        let network: NetworkConfiguration
        let input: [Int]
        let output: [Int]
        let layers: [NetworkLayer]
        let parameters: Int
        let buffers: Int
        let flops: Double
    }
}
