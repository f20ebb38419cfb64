import Foundation
import Networks
import Testing
import Torch

/// Our side of `Parity/networks/run.py`: every case that Python has put into the folder is computed and written
/// beside its input. Python compares.
@Suite struct NetworkParity {
    private static let folder = ProcessInfo.processInfo.environment["UNET_PARITY_DIR"]

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
        try TensorThread.run {
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
        let weights = given.filter { $0.key != "x" && $0.key != "target" }
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
            let logits = try network(x)
            let loss = try this.loss(logits, target)
            try loss.backward()
            if name == "adamw" {
                results += try [("train.logits", logits.detached()), ("loss", loss.detached())]
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
}
