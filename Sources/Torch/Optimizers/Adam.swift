import CTorch

/// Adam (Kingma and Ba 2015), or AdamW (Loshchilov and Hutter 2019) with decoupled weight decay.
@TensorActor
public final class Adam: Optimizer {
    /// The step size.
    public var learningRate: Double
    private let betas: (Double, Double)
    private let epsilon: Double
    private let weightDecay: Double
    private let decoupled: Bool
    private let parameters: [(name: String, tensor: Tensor)]
    private let mean: [Tensor]
    private let square: [Tensor]
    private let steps: [Tensor]

    /// Creates an optimizer of `parameters`. With `decoupled`, as in AdamW, parameters shrink by rate · `weightDecay`
    /// instead of adding decay to the gradients. The defaults are PyTorch's.
    public init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double,
        betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = false
    ) throws(TorchError) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decoupled = decoupled
        mean = try zerosLike(parameters)
        square = try zerosLike(parameters)
        var steps: [Tensor] = []
        for (_, tensor) in parameters { steps.append(try .zeros([], device: tensor.device)) }
        self.steps = steps
    }

    /// Takes one step.
    public func step() throws(TorchError) {
        let moving = try withGradients(parameters)
        for entry in moving {
            try steps[entry.index].scaleAdd(1, .ones([], device: entry.parameter.device), 1)
        }
        let values = moving.map(\.parameter.handle)
        let gradients = moving.map(\.gradient.handle)
        let means = moving.map { mean[$0.index].handle }
        let squares = moving.map { square[$0.index].handle }
        let counts = moving.map { steps[$0.index].handle }
        try check(
            ct_adam_step(
                values, gradients, means, squares, counts, Int32(values.count), learningRate, betas.0,
                betas.1, epsilon,
                weightDecay, decoupled), "a step of Adam")
        for entry in moving { try entry.parameter.clearGradient() }
    }

    /// The running means of gradients and of their squares, and the step counts.
    public var state: [(name: String, tensor: Tensor)] {
        parameters.enumerated().flatMap { index, entry in
            [
                ("\(entry.name).mean", mean[index]), ("\(entry.name).square", square[index]),
                ("\(entry.name).step", steps[index]),
            ]
        }
    }
}
