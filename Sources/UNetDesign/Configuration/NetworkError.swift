import Foundation

/// An error in the use of a network. `description` is one sentence for users.
public enum NetworkError: Error, Equatable {
    /// An input of this size, in the order of a tensor's axes, does not fit the network; `fitting` has the nearest
    /// sides that would, for each axis.
    case sizeDoesNotFit(input: [Int], network: NetworkConfiguration, fitting: [FittingSides])
    /// A network with no channels, filters or poolings.
    case notPositive(network: NetworkConfiguration)
    /// A network whose poolings are not 1 or 2, or kernels not 1 or 3, for every level and axis.
    case levels(network: NetworkConfiguration)
    /// A network with more than `NetworkConfiguration.weightLimit` weights.
    case tooLarge(network: NetworkConfiguration, weights: Double)
}

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
        case .notPositive(let network):
            return
                "a network of \(network.inputChannels) input and \(network.outputChannels) output channels, \(network.filters) filters and \(network.depth) poolings cannot be made; use at least 1 of each"
        case .levels(let network):
            return
                "the poolings or kernels are not those of a \(network.dimensions.rawValue) network with \(network.depth) pooling\(network.depth == 1 ? "" : "s"); use 1 or 2 for each pooling and axis, and 1 or 3 for the kernels of one level more"
        case .tooLarge(let network, let weights):
            return
                "a network of \(network.filters) filters and \(network.depth) pooling\(network.depth == 1 ? "" : "s") would have \(billions(weights)) weights, but at most \(billions(Double(NetworkConfiguration.weightLimit))) are allowed; use fewer filters or poolings"
        }
    }

    private func billions(_ count: Double) -> String {
        String(format: count < 1e11 ? "%.1f billion" : "%.0f billion", count / 1e9)
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }
}
