extension Module {
    /// Copies every parameter and buffer from `source`, by name; names in `source` that start with none of the
    /// module's own are refused, except those that `ignoring` names by prefix.
    ///
    /// Nothing is changed unless everything fits.
    /// - Parameter path: what to name in the error, the file that `source` came from.
    /// - Throws: `TorchError.weights` naming the first tensor that is missing, left over or of another shape.
    public func load(_ source: [String: Tensor], path: String, ignoring prefixes: [String] = [])
        throws(TorchError)
    {
        let state = state
        for (name, tensor) in state {
            guard let saved = source[name] else {
                throw .weights(
                    path: path,
                    reason:
                        "holds no tensor “\(name)”, which the network of the plan needs; the weights belong to another plan"
                )
            }
            guard saved.shape == tensor.shape else {
                throw .weights(
                    path: path,
                    reason:
                        "tensor “\(name)” has shape \(saved.shape), the network of the plan needs \(tensor.shape); the weights belong to another plan"
                )
            }
        }
        let own = Set(state.map(\.name))
        let extra = source.keys.sorted().first { name in
            !own.contains(name) && !prefixes.contains { name.hasPrefix($0) }
        }
        if let extra {
            throw .weights(
                path: path,
                reason:
                    "holds a tensor “\(extra)” that the network of the plan does not have; the weights belong to another plan"
            )
        }
        for (name, tensor) in state {
            if let saved = source[name] { try tensor.copy(from: saved) }
        }
    }
}
