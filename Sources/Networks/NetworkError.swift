/// What can be wrong with the use of a network.
public enum NetworkError: Error, Equatable {
    /// An input of this size, in the order of a tensor's axes, does not go through the network; `fitting` has the sides
    /// around each of its own that would.
    case sizeDoesNotFit(input: [Int], network: NetworkConfiguration, fitting: [FittingSides])
    /// A network with more than `NetworkConfiguration.weightLimit` weights.
    case tooLarge(network: NetworkConfiguration, weights: Double)
}
