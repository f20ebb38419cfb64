import Datasets
import Foundation
import Networks
import Torch

/// Trains a network as a plan says and keeps the run folder up to date.
///
/// Must be used on the tensor thread.
final class Trainer {
    private let plan: Plan
    private let run: RunFolder
    private let device: Device
    private let sampler: PatchSampler
    private let validator: Validator?
    private let network: SegmentationNetwork
    private let optimizer: any Optimizer
    private let report: (TrainingEvent) -> Void
    private var progress = Checkpoint(epochsDone: 0, bestDice: nil, rows: [])

    init(
        _ plan: Plan, run: RunFolder, training: [PreparedCase], validation: [LoadedCase], device: Device,
        report: @escaping (TrainingEvent) -> Void
    ) throws {
        self.plan = plan
        self.run = run
        self.device = device
        self.report = report
        plan.training.kernels.use()
        try TorchRuntime.setThreadCount(plan.training.threads)
        try TorchRuntime.seed(plan.training.seed)
        sampler = PatchSampler(training, plan: plan)
        network = try plan.network.makeNetwork()
        try network.move(to: device)
        optimizer = try plan.training.optimizer.make(network.parameters, plan.training)
        validator = validation.isEmpty ? nil : Validator(validation, plan: plan)
        report(
            .started(
                samples: sampler.samples.count, dimensions: plan.network.dimensions,
                heldOut: validation.count,
                parameters: network.parameterCount.trainable))
    }

    /// Takes up the run where its last checkpoint left it.
    func resume() throws {
        guard FileManager.default.fileExists(atPath: run.last.path(percentEncoded: false)) else { return }
        let (checkpoint, threads) = try Checkpoint.restore(run.last, network, optimizer)
        progress = checkpoint
        // The run may have been stopped after it wrote the checkpoint and before it wrote the log.
        var log = TrainingLog(structures: plan.structures)
        log.rows = checkpoint.rows
        try log.write(to: run.log)
        report(.resumed(epochsDone: checkpoint.epochsDone))
        if threads != plan.training.threads {
            report(.threadsChanged(from: threads, to: plan.training.threads))
        }
    }

    /// Trains the epochs that are left; after each, log and checkpoints are on the disk.
    func train() throws -> TrainingLog {
        var log = TrainingLog(structures: plan.structures)
        while progress.epochsDone < plan.training.epochs {
            var row = try trainEpoch(progress.epochsDone)
            row.validationDice = try validator?.dice(network, device: device) ?? []
            progress.rows.append(row)
            progress.epochsDone += 1
            try keepBest(row)
            try progress.write(network, optimizer, plan: plan, to: run.last)
            log.rows = progress.rows
            try log.write(to: run.log)
            report(.epoch(log, epochs: plan.training.epochs))
        }
        log.rows = progress.rows
        return log
    }

    private func trainEpoch(_ epoch: Int) throws -> TrainingLog.Row {
        let start = ContinuousClock.now
        let order = sampler.order(epoch: epoch)
        let steps = sampler.batchCount
        var sum = 0.0
        network.train()
        for step in 0..<steps {
            optimizer.learningRate = learningRate(
                step: epoch * steps + step, of: plan.training.epochs * steps)
            let batch = try sampler.batch(step, epoch: epoch, order: order)
            let loss = try plan.training.loss(
                outputs: network.outputs(batch.images.to(device)), batch.target.to(device),
                weights: batch.weights?.to(device))
            try loss.backward()
            try optimizer.step()
            let value = try loss.item()
            guard value.isFinite else { throw SegmentationError.diverged(epoch: epoch + 1, step: step + 1) }
            sum += value
            report(
                .step(
                    epoch: epoch + 1, epochs: plan.training.epochs, step: step + 1, steps: steps, loss: value)
            )
        }
        return TrainingLog.Row(
            epoch: epoch + 1, learningRate: optimizer.learningRate, trainingLoss: sum / Double(steps),
            validationDice: [], seconds: (ContinuousClock.now - start).seconds,
            slices: steps * sampler.batchSize * plan.training.patch.depth)
    }

    /// Half a cosine from the plan's rate to 0 (Loshchilov and Hutter 2017, without restarts).
    private func learningRate(step: Int, of steps: Int) -> Double {
        plan.training.learningRate * 0.5 * (1 + cos(.pi * Double(step) / Double(steps)))
    }

    private func keepBest(_ row: TrainingLog.Row) throws {
        guard let dice = row.meanDice, dice > progress.bestDice ?? -1 else { return }
        progress.bestDice = dice
        var metadata = try Checkpoint.metadata(plan)
        metadata["epochs_done"] = String(row.epoch)
        try Safetensors(network.state, metadata: metadata).write(to: run.best)
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
