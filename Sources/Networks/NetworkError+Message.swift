import Foundation

extension NetworkError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .sizeDoesNotFit(let input, let network, let fitting):
            let names = ["slices", "height", "width"].suffix(input.count)
            let parts = zip(zip(names, input), fitting).compactMap { axis, sides -> String? in
                guard sides.smaller != axis.1 else { return nil }
                let numbers = [sides.smaller, sides.larger].compactMap(\.self).map(String.init)
                return "\(axis.0) \(numbers.joined(separator: " or "))"
            }
            return
                "an input of \(NetworkDescription.text(input)) does not fit the \(network.architecture.rawValue) network with \(network.depth) pooling\(network.depth == 1 ? "" : "s"); the nearest that fits has \(parts.joined(separator: ", "))"
        case .tooLarge(let network, let weights):
            return
                "a network of \(network.filters) filters and \(network.depth) pooling\(network.depth == 1 ? "" : "s") would have \(billions(weights)) weights, and at most \(billions(Double(NetworkConfiguration.weightLimit))) are allowed; give it fewer filters or poolings"
        }
    }

    private func billions(_ count: Double) -> String {
        String(format: count < 1e11 ? "%.1f billion" : "%.0f billion", count / 1e9)
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }
}
