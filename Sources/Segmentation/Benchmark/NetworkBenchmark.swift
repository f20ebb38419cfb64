import Foundation
import Networks
import Runs
import Torch
import UNetDesign

/// A benchmark of a network on this machine: whole training steps, or forward passes.
@TensorActor
public final class NetworkBenchmark {
    /// The work to time.
    public enum Task: String, Sendable, CaseIterable {
        /// Forward pass, cross-entropy plus Dice, backward pass, and a step of AdamW.
        case train
        /// Forward pass and class probabilities, without gradients.
        case predict
    }

    private let task: Task
    private let network: SegmentationNetwork
    private let optimizer: any Optimizer
    private let input: Tensor
    private let target: Tensor
    private let device: Device

    /// Creates a benchmark of the network of `configuration`.
    ///
    /// - Parameters:
    ///   - task: the work to time.
    ///   - configuration: the network's configuration.
    ///   - batchSize: the number of images or volumes in a batch.
    ///   - inputSize: the size of the images or volumes in the order of a tensor's axes, (D,) H, W.
    ///   - tensors: the network's weights by name, with the input `x` (N, C, (D,) H, W) float32 and the labels `target`
    ///     (N, (D,) H, W) int64 for its output; nil to draw all of them for `batchSize` images.
    ///   - path: the file of `tensors`, for errors.
    ///   - device: the device to compute on.
    /// - Throws: `NetworkError.sizeDoesNotFit` and `.tooLarge`, `TorchError.weights`, and errors of libtorch.
    public init(
        _ task: Task, _ configuration: NetworkConfiguration, batchSize: Int, inputSize: [Int],
        tensors: [String: Tensor]? = nil, path: String = "", device: Device = .cpu
    ) throws {
        self.task = task
        self.device = device
        try TorchRuntime.seed(1)
        let description = try NetworkDescription(configuration, input: inputSize)
        if let tensors {
            try Module.check(tensors, hold: description.tensors, path: path, ignoring: ["x", "target"])
        }
        network = try configuration.makeNetwork()
        if let tensors {
            try network.load(tensors, path: path, ignoring: ["x", "target"])
            guard let x = tensors["x"], let labels = tensors["target"] else {
                throw TorchError.weights(
                    path: path, reason: "contains no tensors “x” and “target” to run the network on")
            }
            (input, target) = (try x.to(device), try labels.to(device))
        } else {
            let shape = [batchSize] + description.output
            input = try Tensor.normal([batchSize, configuration.inputChannels] + inputSize).to(device)
            let classes = max(2, configuration.outputChannels)
            let labels = (0..<shape.reduce(1, *)).map { Int64($0 / 97 % classes) }
            target = try Tensor(labels, shape: shape).to(device)
        }
        try network.move(to: device)
        network.train(task == .train)
        optimizer = try Adam(network.parameters, learningRate: 1e-4, weightDecay: 1e-2, decoupled: true)
    }

    /// Does the work once, and returns the seconds taken.
    public func run() throws -> Double {
        let start = ContinuousClock.now
        switch task {
        case .train: _ = try step()
        case .predict: _ = try withoutGradient { try network.probabilities(network(input)) }
        }
        try device.synchronize()
        return (ContinuousClock.now - start).seconds
    }

    /// Returns the network's outputs for comparison with others: the logits in the mode of the task and, for training,
    /// the loss and the weights after a step, which this takes.
    public func outputs() throws -> [(name: String, tensor: Tensor)] {
        guard task == .train else { return [("logits", try withoutGradient { try network(input) })] }
        let (logits, loss) = try step()
        return [("logits", try logits.detached()), ("loss", try loss.detached())]
            + network.state.map { ("after.\($0.name)", $0.tensor) }
    }

    private func step() throws -> (logits: Tensor, loss: Tensor) {
        let outputs = try network.outputs(input)
        let loss = try SegmentationLoss.both(outputs: outputs, target)
        try loss.backward()
        try optimizer.step()
        _ = try loss.item()
        return (outputs[0], loss)
    }
}
