import CTorch

/// Stochastic gradient descent with momentum, plain or Nesterov's, as `torch.optim.SGD` with dampening 0.
@TensorActor
public final class SGD: Optimizer {
    /// Step size.
    public var learningRate: Double
    private let momentum: Double
    private let nesterov: Bool
    private let weightDecay: Double
    private let parameters: [(name: String, tensor: Tensor)]
    // A momentum buffer of zeros gives the first step its gradient, which is what PyTorch's missing one means.
    // Empty where there is no momentum.
    private let velocity: [Tensor]

    /// Descends along the gradients of `parameters`; `weightDecay` adds that multiple of a parameter to its gradient.
    public init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double, momentum: Double = 0,
        nesterov: Bool = false, weightDecay: Double = 0
    ) throws(TorchError) {
        precondition(!nesterov || momentum > 0, "Nesterov's method needs momentum")
        self.parameters = parameters
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        velocity = try momentum > 0 ? zerosLike(parameters) : []
    }

    /// One step.
    public func step() throws(TorchError) {
        let moving = try withGradients(parameters)
        let values = moving.map(\.parameter.handle)
        let gradients = moving.map(\.gradient.handle)
        let velocities = velocity.isEmpty ? [] : moving.map { velocity[$0.index].handle }
        try check(
            ct_sgd_step(
                values, gradients, velocities, Int32(values.count), learningRate, momentum, weightDecay,
                nesterov, false),
            "a step of SGD")
        for entry in moving { try entry.parameter.clearGradient() }
    }

    /// The momentum buffers; nothing where there is no momentum.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, velocity).map { ("\($0.name).momentum", $1) }
    }
}

/// A tensor of zeros for each parameter, with its type and laid out as it is: the fused steps walk through memory.
@TensorActor
func zerosLike(_ parameters: [(name: String, tensor: Tensor)]) throws(TorchError) -> [Tensor] {
    var tensors: [Tensor] = []
    for (_, tensor) in parameters {
        let zeros = try tensor.detached().clone()
        try zeros.fill(0)
        tensors.append(zeros)
    }
    return tensors
}
