extension Module {
    /// Copies every parameter and buffer from `source`, by name. Other tensors in `source` are refused unless their
    /// names start with one of the prefixes in `ignoring`.
    ///
    /// Nothing is changed unless everything fits.
    ///
    /// - Parameters:
    ///   - source: the tensors, by name.
    ///   - path: the file of `source`, for errors.
    ///   - prefixes: the starts of names to ignore.
    /// - Throws: `TorchError.weights` with the first tensor that is missing, left over, or of a different shape.
    public func load(_ source: [String: Tensor], path: String, ignoring prefixes: [String] = [])
        throws(TorchError)
    {
        let state = state
        try Self.check(
            source, hold: state.map { ($0.name, $0.tensor.shape) }, path: path, ignoring: prefixes)
        for (name, tensor) in state {
            if let saved = source[name] { try tensor.copy(from: saved) }
        }
    }

    /// Checks that `source` holds exactly the tensors of a module with the names and shapes `wanted`, without creating
    /// the module.
    ///
    /// - Throws: Errors of `load(_:path:ignoring:)`.
    public static func check(
        _ source: [String: Tensor], hold wanted: [(name: String, shape: [Int])], path: String,
        ignoring prefixes: [String] = []
    ) throws(TorchError) {
        for (name, shape) in wanted {
            guard let saved = source[name] else {
                throw .weights(
                    path: path,
                    reason:
                        "contains no tensor “\(name)”, which the plan's network needs; use weights and a plan from the same run"
                )
            }
            guard saved.shape == shape else {
                throw .weights(
                    path: path,
                    reason:
                        "tensor “\(name)” has shape \(saved.shape), but the plan's network needs \(shape); use weights and a plan from the same run"
                )
            }
        }
        let own = Set(wanted.map(\.name))
        let extra = source.keys.sorted().first { name in
            !own.contains(name) && !prefixes.contains { name.hasPrefix($0) }
        }
        if let extra {
            throw .weights(
                path: path,
                reason:
                    "contains a tensor “\(extra)” that the plan's network does not have; use weights and a plan from the same run"
            )
        }
    }
}
