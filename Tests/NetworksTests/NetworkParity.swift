import Foundation
import Networks
import Testing
import Torch
import UNetDesign

/// Our side of `Parity/networks/run.py`: every case that Python has put into the folder is computed and written
/// beside its input. Python compares.
@TensorActor @Suite struct NetworkParity {
    private nonisolated static let folder = ProcessInfo.processInfo.environment["UNET_PARITY_DIR"]

    /// `case.json`.
    private struct Case: Decodable {
        let network: NetworkConfiguration
        let loss: SegmentationLoss
        let kernels: Kernels
        let learningRate: Double
        let momentum: Double
        let weightDecay: Double
    }

    @Test(.enabled(if: folder != nil, "run by `make parity`")) func networksAsInPyTorch() throws {
        let root = URL(filePath: try #require(Self.folder), directoryHint: .isDirectory)
        let cases = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
            .filter { FileManager.default.fileExists(atPath: $0.appending(path: "case.json").path()) }
        #expect(!cases.isEmpty)
        try withTensors {
            for folder in cases { try compute(folder) }
        }
    }

    private func compute(_ folder: URL) throws {
        let data = try Data(contentsOf: folder.appending(path: "case.json"))
        let this = try JSONDecoder().decode(Case.self, from: data)
        let kernels = Kernels.current
        this.kernels.use()
        defer { kernels.use() }
        let input = folder.appending(path: "input.safetensors")
        let given = try Safetensors(contentsOf: input).tensors
        let x = try #require(given["x"]), target = try #require(given["target"])
        let weights = given.filter { !["x", "target", "weights"].contains($0.key) }
        var results: [(name: String, tensor: Tensor)] = []

        let network = try this.network.makeNetwork()
        try network.load(weights, path: input.path())
        network.train(false)
        results.append(("eval.logits", try withoutGradient { try network(x) }))

        for name in ["adamw", "sgd"] {
            let network = try this.network.makeNetwork()
            try network.load(weights, path: input.path())
            let optimizer: any Optimizer =
                try name == "adamw"
                ? Adam(
                    network.parameters, learningRate: this.learningRate, weightDecay: this.weightDecay,
                    decoupled: true)
                : SGD(
                    network.parameters, learningRate: this.learningRate, momentum: this.momentum,
                    nesterov: true, weightDecay: this.weightDecay)
            let outputs = try network.outputs(x)
            let loss = try this.loss(outputs: outputs, target, weights: given["weights"])
            try loss.backward()
            if name == "adamw" {
                results += try outputs.enumerated().map { ("train.\($0).logits", try $1.detached()) }
                results.append(("loss", try loss.detached()))
                for (parameter, tensor) in network.parameters {
                    results.append(("grad.\(parameter)", try #require(try tensor.gradient()).clone()))
                }
                results += network.buffers.map { ("buffer.\($0.name)", $0.tensor) }
            }
            try optimizer.step()
            results += try network.parameters.map { ("\(name).\($0.name)", try $0.tensor.detached()) }
        }
        try Safetensors(results).write(to: folder.appending(path: "output.safetensors"))
    }

    /// An entry of `losses.json`.
    private struct LossCase: Decodable {
        let loss: SegmentationLoss
        let scales: Int
    }

    @Test(.enabled(if: folder != nil, "run by `make parity`")) func lossesAsInPyTorch() throws {
        let root = URL(filePath: try #require(Self.folder), directoryHint: .isDirectory)
        let data = try Data(contentsOf: root.appending(path: "losses.json"))
        let cases = try JSONDecoder().decode([LossCase].self, from: data)
        #expect(!cases.isEmpty)
        try withTensors {
            let given = try Safetensors(contentsOf: root.appending(path: "losses.safetensors")).tensors
            var results: [(name: String, tensor: Tensor)] = []
            for (index, this) in cases.enumerated() {
                let outputs = try (0..<this.scales).map {
                    try #require(given["\(index).logits.\($0)"]).requiringGradient()
                }
                let loss = try this.loss(
                    outputs: outputs, #require(given["\(index).target"]), weights: given["\(index).weights"])
                try loss.backward()
                results.append(("\(index).loss", try loss.detached()))
                for (scale, output) in outputs.enumerated() {
                    results.append(("\(index).grad.\(scale)", try #require(try output.gradient())))
                }
            }
            try Safetensors(results).write(to: root.appending(path: "losses-output.safetensors"))
        }
    }
}
