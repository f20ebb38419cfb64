import Testing
import Torch

/// Runs `body` with `kernels`, and goes back to those of before.
@TensorActor
func with<Result>(_ kernels: Kernels, _ body: () throws -> Result) rethrows -> Result {
    let before = Kernels.current
    kernels.use()
    defer { before.use() }
    return try body()
}

/// max|found − wanted| / max|wanted|; infinite where a number is missing or not one.
@TensorActor
func relativeError(_ found: [Float], _ wanted: [Float]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    var off = 0.0, size = 0.0
    for (a, b) in zip(found, wanted) {
        let difference = abs(Double(a) - Double(b))
        guard difference.isFinite else { return .infinity }
        off = max(off, difference)
        size = max(size, abs(Double(b)))
    }
    return size == 0 ? off : off / size
}

/// Gives every parameter and buffer values that look random: weights of the size that keeps maps in bounds, norms as after
/// some training.
@TensorActor
func scatter(_ module: Module) throws {
    for (index, (name, tensor)) in module.state.enumerated() {
        let fan = tensor.shape.count > 1 ? Double(tensor.count / tensor.shape[0]) : 1
        let noise = try scattered(tensor.shape, salt: 100 + index)
        switch name {
        case _ where name.hasSuffix("norm.weight"): try tensor.copy(from: noise * 0.5 + 1)
        case _ where name.hasSuffix("running_var"): try tensor.copy(from: noise * 0.7 + 1)
        case _ where name.hasSuffix("weight"): try tensor.copy(from: noise * (3 / fan).squareRoot())
        default: try tensor.copy(from: noise * 0.5)
        }
    }
}

/// What a layer gives, as plain numbers: its output, and gradients by name.
struct Outcome {
    var output: [Float] = []
    var gradients: [String: [Float]] = [:]
    var buffers: [String: [Float]] = [:]
}

/// Computes `forward` of `inputs` and, with `slope` as the gradient of its output, the gradients of those inputs that
/// `wanted` says and of the parameters of `module`.
@TensorActor
func outcome(
    _ module: Module?, _ inputs: [Tensor], wanted: [Bool]? = nil, slope: [Float]? = nil,
    _ forward: ([Tensor]) throws -> Tensor
) throws -> Outcome {
    var result = Outcome()
    let leaves = try inputs.enumerated().map { index, input in
        try input.detached().requiringGradient(wanted?[index] ?? true)
    }
    for (_, tensor) in module?.parameters ?? [] { try tensor.clearGradient() }
    let output = try forward(leaves)
    let weights = try slope.map { try Tensor($0, shape: output.shape) } ?? scattered(output.shape, salt: 9)
    try (output * weights).sum().backward()
    result.output = try values(output.detached())
    for (index, leaf) in leaves.enumerated() {
        result.gradients["input \(index)"] = try leaf.gradient().map { try values($0) }
    }
    for (name, tensor) in module?.parameters ?? [] {
        result.gradients[name] = try tensor.gradient().map { try values($0) }
    }
    for (name, tensor) in module?.buffers ?? [] { result.buffers[name] = try values(tensor) }
    return result
}

/// Expects `found` to be `wanted` within float32's rounding: outputs to 2e-5 and gradients to 2e-4 of the largest value.
/// The gradient of a bias before a norm is 0 but for rounding, and compared absolutely.
@TensorActor
func expectSame(_ found: Outcome, _ wanted: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
    let off = relativeError(found.output, wanted.output)
    #expect(off <= 2e-5, "output", sourceLocation: sourceLocation)
    #expect(found.gradients.keys.sorted() == wanted.gradients.keys.sorted(), sourceLocation: sourceLocation)
    for (name, values) in wanted.gradients {
        let mine = found.gradients[name] ?? []
        if name == "conv.bias" {
            #expect((values + mine).allSatisfy { abs($0) <= 2e-3 }, "\(name)", sourceLocation: sourceLocation)
        } else {
            let off = relativeError(mine, values)
            #expect(off <= 2e-4, "\(name)", sourceLocation: sourceLocation)
        }
    }
    for (name, values) in wanted.buffers {
        let off = relativeError(found.buffers[name] ?? [], values)
        #expect(off <= 1e-5, "\(name)", sourceLocation: sourceLocation)
    }
}
