import CTorch

/// Moves parameters along their gradients, in place.
///
/// `state` is all that a checkpoint needs beside the parameters: with it a resumed run takes the very same steps.
@TensorActor
public protocol Optimizer: AnyObject {
    /// Step size; set it before each step to follow a schedule.
    var learningRate: Double { get set }
    /// Takes one step with the gradients gathered, and drops them. Parameters without gradient stay.
    func step() throws(TorchError)
    /// Tensors of the optimizer, named after the parameters they belong to.
    var state: [(name: String, tensor: Tensor)] { get }
}

extension Optimizer {
    /// Copies every tensor of `state` from `source`, by name.
    ///
    /// Nothing is changed unless everything fits.
    /// `path`: what to name in the error, the file that `source` came from.
    /// - Throws: `TorchError.weights` where one is missing or has another shape.
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
/// - Returns: the norm before.
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

/// The parameters that have a gradient now, with the gradients.
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
