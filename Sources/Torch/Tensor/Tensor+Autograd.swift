import CTorch

extension Tensor {
    /// Whether gradients are wanted for this tensor, or flow through it.
    public var requiresGradient: Bool { ct_requires_grad(handle) }

    /// Asks for gradients of this tensor, or no longer; the tensor itself, for chaining.
    @discardableResult
    public func requiringGradient(_ on: Bool = true) throws(TorchError) -> Tensor {
        try check(ct_set_requires_grad(handle, on), "requiring a gradient")
        return self
    }

    /// The gradient gathered so far; nil before the first `backward`.
    public func gradient() throws(TorchError) -> Tensor? {
        var handle: CTTensor?
        try check(ct_grad(self.handle, &handle), "reading a gradient")
        return handle.map(Tensor.init(owning:))
    }

    /// Drops the gradient.
    public func clearGradient() throws(TorchError) { try check(ct_clear_grad(handle), "clearing a gradient") }

    /// Adds the gradient of this scalar to every tensor that asked for one.
    public func backward() throws(TorchError) { try check(ct_backward(handle), "backward") }

    /// The same values, cut from the record.
    public func detached() throws(TorchError) -> Tensor { try make("detach") { ct_detach(handle, $0) } }
}

/// Runs `body` without recording operations for gradients: less memory, and what prediction wants.
@TensorActor
public func withoutGradient<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
{
    let before = ct_set_grad_mode(false)
    defer { _ = ct_set_grad_mode(before) }
    return try body()
}
