import CTorch

/// An optimizer that updates parameters in place along their gradients.
///
/// `state` is all that a checkpoint needs besides the parameters for a resumed run to take exactly the same steps.
@TensorActor
public protocol Optimizer: AnyObject {
    /// The step size; set it before each step to follow a schedule.
    var learningRate: Double { get set }
    /// Takes one step with the accumulated gradients, and clears them. Parameters without a gradient stay unchanged.
    func step() throws(TorchError)
    /// The tensors of the optimizer, named after their parameters.
    var state: [(name: String, tensor: Tensor)] { get }
}

extension Optimizer {
    /// Copies every tensor of `state` from `source`, by name.
    ///
    /// Nothing is changed unless everything fits.
    ///
    /// - Parameters:
    ///   - source: the tensors, by name.
    ///   - path: the file of `source`, for errors.
    /// - Throws: `TorchError.weights` if one is missing or has a different shape.
    public func restore(_ source: [String: Tensor], path: String) throws(TorchError) {
        let state = state
        for (name, tensor) in state {
            guard let saved = source[name] else {
                throw .weights(
                    path: path,
                    reason:
                        "contains no optimizer state “\(name)”; to resume, use the last.safetensors of a run")
            }
            guard saved.shape == tensor.shape else {
                throw .weights(
                    path: path,
                    reason:
                        "optimizer state “\(name)” has shape \(saved.shape), but the network needs \(tensor.shape); to resume, use the last.safetensors of a run"
                )
            }
        }
        for (name, tensor) in state {
            if let saved = source[name] { try tensor.copy(from: saved) }
        }
    }
}

/// Scales the gradients of `parameters`, taken together as one vector, so that its 2-norm is at most `limit`, as
/// `torch.nn.utils.clip_grad_norm_` does (Pascanu, Mikolov, Bengio 2013).
///
/// - Returns: The norm before scaling.
@TensorActor
@discardableResult
public func clipGradients(of parameters: [(name: String, tensor: Tensor)], toNorm limit: Double)
    throws(TorchError) -> Double
{
    let moving = try withGradients(parameters)
    let handles = moving.map(\.gradient.handle)
    var norm = 0.0
    let status = withExtendedLifetime(moving) {
        ct_clip_gradients(handles, Int32(handles.count), limit, &norm)
    }
    try check(status, "clipping of gradients")
    return norm
}

/// Returns the parameters that have a gradient, with their gradients.
@TensorActor
func withGradients(_ parameters: [(name: String, tensor: Tensor)]) throws(TorchError) -> [(
    index: Int, parameter: Tensor, gradient: Tensor
)] {
    var found: [(index: Int, parameter: Tensor, gradient: Tensor)] = []
    for (index, entry) in parameters.enumerated() {
        if let gradient = try entry.tensor.gradient() { found.append((index, entry.tensor, gradient)) }
    }
    return found
}
