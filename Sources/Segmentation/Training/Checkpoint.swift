import Files
import Foundation
import Networks
import Runs
import Torch
import UNetDesign

/// All that a run needs to go on as if it had never stopped: `last.safetensors`.
@TensorActor
struct Checkpoint {
    /// Epochs done.
    var epochsDone: Int
    /// The best validation Dice so far.
    var bestDice: Double?
    /// The log so far.
    var rows: [TrainingLog.Row]
    /// What is done of the epoch after those.
    var partial = PartialEpoch()

    /// The beginning of an epoch.
    struct PartialEpoch: Codable, Sendable, Equatable {
        /// Steps done.
        var steps = 0
        /// Sum of their losses.
        var lossSum = 0.0
        /// Seconds that they took.
        var seconds = 0.0
    }

    private static let optimizerPrefix = "optimizer."
    private static let randomState = "random_state"
    /// The weights in training, where the network's own names have their average.
    private static let trainedPrefix = "trained."
    /// Names in a checkpoint that are not the network's own.
    static let extraPrefixes = [optimizerPrefix, randomState, trainedPrefix]

    /// The metadata of a weights file: the plan, so that the file can be used alone.
    static func metadata(_ plan: Plan) throws -> [String: String] {
        return ["plan": String(decoding: try plan.jsonText(.line), as: UTF8.self)]
    }

    /// Writes weights, their average, optimizer and generator beside `url`, whose name they take when the file is committed.
    func staged(
        _ network: SegmentationNetwork, _ average: WeightAverage?, _ optimizer: any Optimizer,
        _ random: RandomStream, plan: Plan, for url: URL
    ) throws -> StagedFile {
        var tensors = average?.network.state ?? network.state
        if average != nil {
            tensors += network.state.map { (Checkpoint.trainedPrefix + $0.name, $0.tensor) }
        }
        tensors += optimizer.state.map { (Checkpoint.optimizerPrefix + $0.name, $0.tensor) }
        tensors.append((Checkpoint.randomState, random.state))
        var metadata = try Checkpoint.metadata(plan)
        metadata["epochs_done"] = String(epochsDone)
        metadata["threads"] = String(plan.training.threads)
        metadata["libtorch"] = TorchRuntime.version
        metadata["best_dice"] = bestDice.map { String($0) }
        if partial.steps > 0 {
            metadata["partial_epoch"] = String(decoding: try partial.jsonText(.line), as: UTF8.self)
        }
        metadata["log"] = String(decoding: try rows.jsonText(.line), as: UTF8.self)
        return try Safetensors(tensors, metadata: metadata).staged(for: url)
    }

    /// Checks that the weights in `file` are those of the network that `plan` describes, before it is made: a small file
    /// may say that it belongs to a network that fills the memory.
    ///
    /// - Throws: `TorchError.weights` that names the first tensor that does not fit.
    static func check(_ file: Safetensors, fits plan: Plan, path: String) throws {
        let input = plan.training.patch.sides(rank: plan.network.dimensions.rank)
        try Module.check(
            file.tensors, hold: NetworkDescription(plan.network, input: input).tensors, path: path,
            ignoring: extraPrefixes)
    }

    /// Reads `file`, found at `path`, into `network`, `average`, `optimizer` and `random`.
    ///
    /// - Returns: the checkpoint, and the number of threads it was made with.
    static func restore(
        _ file: Safetensors, path: String, _ network: SegmentationNetwork, _ average: WeightAverage?,
        _ optimizer: any Optimizer, _ random: RandomStream
    ) throws -> (checkpoint: Checkpoint, threads: Int) {
        guard let epochs = file.metadata["epochs_done"].flatMap(Int.init),
            let threads = file.metadata["threads"].flatMap(Int.init),
            let rows = try? JSONDecoder().decode(
                [TrainingLog.Row].self, from: Data((file.metadata["log"] ?? "").utf8)),
            let state = file.tensors[randomState],
            let partial = try? file.metadata["partial_epoch"].map({
                try JSONDecoder().decode(PartialEpoch.self, from: Data($0.utf8))
            }) ?? PartialEpoch()
        else {
            throw TorchError.weights(
                path: path, reason: "is not a checkpoint of a run, so training cannot continue from it")
        }
        try (average?.network ?? network).load(file.tensors, path: path, ignoring: extraPrefixes)
        if average != nil {
            try network.load(tensors(trainedPrefix, in: file), path: path)
        }
        try optimizer.restore(tensors(optimizerPrefix, in: file), path: path)
        random.state = state
        let best = file.metadata["best_dice"].flatMap(Double.init)
        return (Checkpoint(epochsDone: epochs, bestDice: best, rows: rows, partial: partial), threads)
    }

    /// The tensors of `file` whose names begin with `prefix`, by the rest of their names.
    private static func tensors(_ prefix: String, in file: Safetensors) -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = tensor
        }
        return found
    }
}
