import CTorch

/// Stochastic gradient descent with plain or Nesterov momentum, as in `torch.optim.SGD` with dampening 0.
@TensorActor
public final class SGD: Optimizer {
    /// The step size.
    public var learningRate: Double
    private let momentum: Double
    private let nesterov: Bool
    private let weightDecay: Double
    private let parameters: [(name: String, tensor: Tensor)]
    // With momentum buffers of zeros, the first step is the gradient, as in PyTorch without buffers yet. Empty without
    // momentum.
    private let velocity: [Tensor]

    /// Creates an optimizer of `parameters`; `weightDecay` is the multiple of a parameter added to its gradient.
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

    /// Takes one step.
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

    /// The momentum buffers; empty without momentum.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, velocity).map { ("\($0.name).momentum", $1) }
    }
}

/// Returns a tensor of zeros for each parameter, with its type and memory layout, since the fused steps traverse memory
/// linearly.
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
