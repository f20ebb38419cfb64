import Foundation
import Testing
import Torch

@TensorActor @Suite struct OptimizerTests {
    private nonisolated static let start: [Float] = [0.5, -1, 2, 0]
    private nonisolated static let first: [Float] = [0.1, -0.2, 3, 0.5]
    private nonisolated static let second: [Float] = [-0.3, 0.4, 1, -0.05]

    /// The parameter after steps along `gradients`, with the optimizer that `make` builds.
    private func steps(
        _ gradients: [[Float]],
        _ make: ([(name: String, tensor: Tensor)]) throws -> any Optimizer
    ) throws -> [Float] {
        let parameter = try Tensor(Self.start, shape: [2, 2]).requiringGradient()
        let optimizer = try make([("p", parameter)])
        for gradient in gradients {
            try (parameter * Tensor(gradient, shape: [2, 2])).sum().backward()
            try optimizer.step()
            #expect(try parameter.gradient() == nil)
        }
        return try values(parameter)
    }

    /// One value after the other through `body`, in double precision.
    private func reference(_ body: (_ p: Double, _ g1: Double, _ g2: Double) -> Double) -> [Double] {
        Self.start.indices.map {
            body(Double(Self.start[$0]), Double(Self.first[$0]), Double(Self.second[$0]))
        }
    }

    @Test func gradientsAreClippedTogether() throws {
        try withTensors {
            let (one, other) = (
                try Tensor([1, 1] as [Float], shape: [2]).requiringGradient(),
                try Tensor([1, 1, 1, 1] as [Float], shape: [1, 1, 2, 2]).channelsLast().requiringGradient()
            )
            let parameters = [(name: "one", tensor: one), (name: "other", tensor: other)]
            @TensorActor func backward() throws {
                for parameter in parameters { try parameter.tensor.clearGradient() }
                try (one * Tensor([3, -4] as [Float], shape: [2])).sum().backward()
                try (other * Tensor([0, 12, 0, 0] as [Float], shape: [1, 1, 2, 2])).sum().backward()
            }
            try backward()
            // √(3² + 4² + 12²) = 13
            #expect(try clipGradients(of: parameters, toNorm: 13) == 13)
            #expect(try values(#require(try one.gradient())) == [3, -4])
            #expect(try clipGradients(of: parameters, toNorm: 1) == 13)
            expectClose(try values(#require(try one.gradient())), [3 / 13, -4 / 13], within: 1e-6)
            expectClose(try values(#require(try other.gradient())), [0, 12 / 13, 0, 0], within: 1e-6)
            try backward()
            #expect(try clipGradients(of: [parameters[0]], toNorm: 1) == 5)
        }
    }

    @Test func plainDescent() throws {
        try withTensors {
            let found = try steps([Self.first]) { try SGD($0, learningRate: 0.1) }
            expectClose(found, reference { p, g, _ in p - 0.1 * g }, within: 1e-7)
            let decayed = try steps([Self.first]) { try SGD($0, learningRate: 0.1, weightDecay: 0.5) }
            expectClose(decayed, reference { p, g, _ in p - 0.1 * (g + 0.5 * p) }, within: 1e-7)
        }
    }

    @Test func momentumPlainAndNesterovs() throws {
        try withTensors {
            let plain = try steps([Self.first, Self.second]) {
                try SGD($0, learningRate: 0.1, momentum: 0.9)
            }
            expectClose(
                plain, reference { p, g1, g2 in p - 0.1 * g1 - 0.1 * (0.9 * g1 + g2) }, within: 5e-7)
            let nesterov = try steps([Self.first, Self.second]) {
                try SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true)
            }
            let wanted = reference { p, g1, g2 in
                p - 0.1 * (g1 + 0.9 * g1) - 0.1 * (g2 + 0.9 * (0.9 * g1 + g2))
            }
            expectClose(nesterov, wanted, within: 5e-7)
        }
    }

    private func adam(_ g1: Double, _ g2: Double) -> (first: Double, second: Double) {
        let (m, v) = (0.1 * g1, 0.001 * g1 * g1)
        let (m2, v2) = (0.9 * m + 0.1 * g2, 0.999 * v + 0.001 * g2 * g2)
        return (
            m / 0.1 / (sqrt(v / 0.001) + 1e-8),
            m2 / (1 - 0.81) / (sqrt(v2 / (1 - 0.999 * 0.999)) + 1e-8)
        )
    }

    @Test func adamsFirstSteps() throws {
        try withTensors {
            let one = try steps([Self.first]) { try Adam($0, learningRate: 0.01) }
            expectClose(one, reference { p, g, _ in p - 0.01 * g / (abs(g) + 1e-8) }, within: 1e-6)
            let two = try steps([Self.first, Self.second]) { try Adam($0, learningRate: 0.01) }
            let wanted = reference { p, g1, g2 in
                let moves = adam(g1, g2)
                return p - 0.01 * moves.first - 0.01 * moves.second
            }
            expectClose(two, wanted, within: 2e-6)
        }
    }

    @Test func decayIsCoupledInAdamAndDecoupledInAdamW() throws {
        try withTensors {
            let coupled = try steps([Self.first]) { try Adam($0, learningRate: 0.01, weightDecay: 0.1) }
            let wanted = reference { p, g, _ in
                let sum = g + 0.1 * p
                return p - 0.01 * sum / (abs(sum) + 1e-8)
            }
            expectClose(coupled, wanted, within: 1e-6)
            let decoupled = try steps([Self.first, Self.second]) {
                try Adam($0, learningRate: 0.01, weightDecay: 0.1, decoupled: true)
            }
            let apart = reference { p, g1, g2 in
                let moves = adam(g1, g2)
                let after = p * (1 - 0.01 * 0.1) - 0.01 * moves.first
                return after * (1 - 0.01 * 0.1) - 0.01 * moves.second
            }
            expectClose(decoupled, apart, within: 2e-6)
        }
    }

    @Test func learningRateMayChangeBetweenSteps() throws {
        try withTensors {
            let parameter = try Tensor(Self.start, shape: [4]).requiringGradient()
            let optimizer = try SGD([("p", parameter)], learningRate: 1)
            for rate in [0.5, 0.25] {
                optimizer.learningRate = rate
                try parameter.sum().backward()
                try optimizer.step()
            }
            expectClose(try values(parameter), Self.start.map { Double($0) - 0.75 }, within: 1e-7)
        }
    }

    @Test func parametersWithoutGradientStay() throws {
        try withTensors {
            for make in Self.makers {
                let moved = try Tensor(Self.start, shape: [4]).requiringGradient()
                let still = try Tensor(Self.start, shape: [4]).requiringGradient()
                let optimizer = try make([("moved", moved), ("still", still)])
                try optimizer.step()
                #expect(try values(moved) == Self.start)
                try moved.sum().backward()
                try optimizer.step()
                #expect(try values(moved) != Self.start)
                #expect(try values(still) == Self.start)
            }
        }
    }

    @Test func layoutOfAParameterMakesNoDifference() throws {
        try withTensors {
            for make in Self.makers {
                @TensorActor func trained(_ parameter: Tensor) throws -> [Float] {
                    try parameter.requiringGradient()
                    let optimizer = try make([("p", parameter)])
                    for salt in 0..<3 {
                        try (parameter * scattered([3, 4, 2, 2], salt: salt)).sum().backward()
                        try optimizer.step()
                    }
                    return try values(parameter)
                }
                let start = try scattered([3, 4, 2, 2], salt: 7)
                #expect(try trained(start.channelsLast()) == trained(start.clone()))
            }
        }
    }

    @Test func aRestoredOptimizerTakesTheSameStepsBitForBit() throws {
        try withTensors {
            for make in Self.makers {
                let parameter = try scattered([5, 7]).requiringGradient()
                let optimizer = try make([("a.weight", parameter)])
                @TensorActor func step(_ optimizer: any Optimizer, _ parameter: Tensor, _ salt: Int) throws {
                    try (parameter * parameter * scattered([5, 7], salt: salt)).sum().backward()
                    try optimizer.step()
                }
                for salt in 0..<3 { try step(optimizer, parameter, salt) }

                let saved = try optimizer.state.map { (name: $0.name, tensor: try $0.tensor.clone()) }
                let copy = try parameter.detached().clone().requiringGradient()
                let resumed = try make([("a.weight", copy)])
                try resumed.restore(
                    Dictionary(uniqueKeysWithValues: saved.map { ($0.name, $0.tensor) }), path: "x")
                for salt in 3..<6 {
                    try step(optimizer, parameter, salt)
                    try step(resumed, copy, salt)
                    #expect(try values(parameter) == values(copy))
                }
                // Without its past an optimizer that has one goes elsewhere.
                let fresh = try Tensor(values(parameter), shape: [5, 7]).requiringGradient()
                try step(make([("a.weight", fresh)]), fresh, 6)
                try step(optimizer, parameter, 6)
                #expect(try (values(fresh) == values(parameter)) == optimizer.state.isEmpty)
            }
        }
    }

    @Test func stateIsNamedAfterTheParameters() throws {
        try withTensors {
            let parameters = try [(name: "a.weight", tensor: Tensor.ones([2, 3]))]
            let sgd = try SGD(parameters, learningRate: 1, momentum: 0.9).state
            #expect(sgd.map(\.name) == ["a.weight.momentum"])
            #expect(sgd.map(\.tensor.shape) == [[2, 3]])
            let adam = try Adam(parameters, learningRate: 1).state
            #expect(adam.map(\.name) == ["a.weight.mean", "a.weight.square", "a.weight.step"])
            #expect(adam.map(\.tensor.shape) == [[2, 3], [2, 3], []])
        }
    }

    @Test func stateThatDoesNotFitChangesNothing() throws {
        try withTensors {
            let parameters = try [
                (name: "a", tensor: Tensor.ones([2])), (name: "b", tensor: Tensor.ones([3])),
            ]
            let optimizer = try SGD(parameters, learningRate: 1, momentum: 0.9)
            let missing = #expect(throws: TorchError.self) {
                try optimizer.restore(["a.momentum": .ones([2])], path: "run/last.safetensors")
            }
            #expect(
                missing?.description
                    == "run/last.safetensors: contains no optimizer state “b.momentum”; to resume, use the last.safetensors of a run"
            )
            let other = #expect(throws: TorchError.self) {
                try optimizer.restore(
                    ["a.momentum": .ones([2]), "b.momentum": .ones([4])], path: "run/last.safetensors")
            }
            #expect(
                other?.description
                    == "run/last.safetensors: optimizer state “b.momentum” has shape [4], but the network needs [3]; to resume, use the last.safetensors of a run"
            )
            #expect(try values(optimizer.state[0].tensor) == [0, 0])
        }
    }

    private nonisolated static let makers:
        [@TensorActor @Sendable ([(name: String, tensor: Tensor)]) throws -> any Optimizer] = [
            { try SGD($0, learningRate: 0.1) },
            { try SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01) },
            { try Adam($0, learningRate: 0.1, weightDecay: 0.01) },
            { try Adam($0, learningRate: 0.1, weightDecay: 0.01, decoupled: true) },
        ]
}
