import Datasets
import Files
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
    private let shouldStop: () -> Bool
    /// What is still to be written beside the first epoch; nil where the run is on the disk.
    private var splits: Splits?
    private var progress = Checkpoint(epochsDone: 0, bestDice: nil, rows: [])

    /// - Parameters:
    ///   - splits: of a new run, which is written with its first epoch; nil continues the run in the folder.
    ///   - shouldStop: asked before every step and every held-out case.
    init(
        _ plan: Plan, run: RunFolder, splits: Splits?, training: [PreparedCase], validation: [LoadedCase],
        device: Device, shouldStop: @escaping () -> Bool, report: @escaping (TrainingEvent) -> Void
    ) throws {
        self.plan = plan
        self.run = run
        self.splits = splits
        self.device = device
        self.shouldStop = shouldStop
        self.report = report
        plan.training.kernels.use()
        try TorchRuntime.setThreadCount(plan.training.threads)
        try TorchRuntime.seed(plan.training.seed)
        sampler = PatchSampler(training, plan: plan)
        try plan.checkNorms(batchSize: sampler.batchSize)
        let checkpoint = try splits == nil ? Self.checkpoint(run, plan) : nil
        network = try plan.network.makeNetwork()
        try network.move(to: device)
        optimizer = try plan.training.optimizer.make(network.parameters, plan.training)
        validator = validation.isEmpty ? nil : Validator(validation, plan: plan)
        report(
            .started(
                samples: sampler.samples.count, dimensions: plan.network.dimensions,
                heldOut: validation.count,
                parameters: network.parameterCount.trainable))
        if let checkpoint { try resume(checkpoint) }
    }

    /// The run's last checkpoint, which fits the plan; nil where no epoch was finished.
    private static func checkpoint(_ run: RunFolder, _ plan: Plan) throws -> Safetensors? {
        let path = run.last.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try Safetensors(contentsOf: run.last)
        try Checkpoint.check(file, fits: plan, path: path)
        return file
    }

    /// Takes up the run where `file` left it.
    private func resume(_ file: Safetensors) throws {
        let (checkpoint, threads) = try Checkpoint.restore(
            file, path: run.last.path(percentEncoded: false), network, optimizer)
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
    ///
    /// - Throws: `SegmentationError.stopped`, and `.diverged`; what the folder held is kept.
    func train() throws -> TrainingLog {
        while progress.epochsDone < plan.training.epochs {
            var row = try trainEpoch(progress.epochsDone)
            row.validationDice = try validator?.dice(network, device: device, checkStop) ?? []
            try keep(row)
            report(.epoch(log, epochs: plan.training.epochs))
        }
        return log
    }

    private var log: TrainingLog {
        var log = TrainingLog(structures: plan.structures)
        log.rows = progress.rows
        return log
    }

    private func checkStop() throws {
        if shouldStop() { throw SegmentationError.stopped }
    }

    private func trainEpoch(_ epoch: Int) throws -> TrainingLog.Row {
        let start = ContinuousClock.now
        let order = sampler.order(epoch: epoch)
        let steps = sampler.batchCount
        var sum = 0.0
        network.train()
        for step in 0..<steps {
            try checkStop()
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

    /// Adds an epoch to the run folder: all of its files, or none.
    private func keep(_ row: TrainingLog.Row) throws {
        progress.rows.append(row)
        progress.epochsDone += 1
        let isBest = row.meanDice.map { $0 > progress.bestDice ?? -1 } ?? false
        if isBest { progress.bestDice = row.meanDice }
        let epoch = StagedEpoch(
            splits: try splits.map { try run.staged($0, for: run.splits) },
            plan: try splits == nil ? nil : run.staged(plan, for: run.plan),
            best: try isBest ? stagedBest(row) : nil,
            last: try progress.staged(network, optimizer, plan: plan, for: run.last),
            log: try log.staged(for: run.log))
        do { try epoch.commit() } catch {
            // Of a first epoch that could not be kept nothing stays behind that refuses the next training.
            if splits != nil { run.removeFirstEpoch() }
            throw error
        }
        splits = nil
    }

    private func stagedBest(_ row: TrainingLog.Row) throws -> StagedFile {
        var metadata = try Checkpoint.metadata(plan)
        metadata["epochs_done"] = String(row.epoch)
        return try Safetensors(network.state, metadata: metadata).staged(for: run.best)
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
