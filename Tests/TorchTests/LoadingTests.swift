import Testing
import Torch

/// `Module.load`: all fits, or nothing is changed.
@TensorActor @Suite struct LoadingTests {
    private func tensors(_ module: Module, _ value: Double) throws -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for (name, tensor) in module.state { found[name] = try .full(tensor.shape, value) }
        return found
    }

    @Test func everyTensorIsCopied() throws {
        try withTensors {
            let unit = try ConvNormReLU(inputChannels: 1, outputChannels: 2, kernelSize: [1, 1])
            var source = try tensors(unit, 4)
            source["optimizer.conv.weight.mean"] = try .ones([9])
            try unit.load(source, path: "w", ignoring: ["optimizer."])
            for (_, tensor) in unit.state {
                #expect(try values(tensor) == Array(repeating: 4, count: tensor.count))
            }
            // Copied, not shared.
            try source["conv.bias"]?.fill(5)
            #expect(try unit.conv.bias.map { try values($0.tensor) } == [4, 4])
            #expect(unit.parameters.allSatisfy { $0.tensor.requiresGradient })
        }
    }

    @Test func whatDoesNotFitIsNamedAndChangesNothing() throws {
        try withTensors {
            let unit = try ConvNormReLU(inputChannels: 1, outputChannels: 2, kernelSize: [1, 1])
            let before = try unit.state.map { try values($0.tensor) }
            @TensorActor func refused(_ change: (inout [String: Tensor]) throws -> Void) throws -> String? {
                var source = try tensors(unit, 4)
                try change(&source)
                let error = #expect(throws: TorchError.self) {
                    try unit.load(source, path: "run/best.safetensors")
                }
                #expect(try unit.state.map { try values($0.tensor) } == before)
                return error?.description
            }
            #expect(
                try refused { $0["norm.running_var"] = nil }
                    == "run/best.safetensors: contains no tensor “norm.running_var”, which the plan's network needs; use weights and a plan from the same run"
            )
            #expect(
                try refused { $0["norm.bias"] = try .ones([3]) }
                    == "run/best.safetensors: tensor “norm.bias” has shape [3], but the plan's network needs [2]; use weights and a plan from the same run"
            )
            #expect(
                try refused {
                    $0["zebra"] = try .ones([3])
                    $0["ape"] = try .ones([3])
                }
                    == "run/best.safetensors: contains a tensor “ape” that the plan's network does not have; use weights and a plan from the same run"
            )
        }
    }
}
