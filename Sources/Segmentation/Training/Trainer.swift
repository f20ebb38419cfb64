import Datasets
import Files
import Foundation
import Networks
import Report
import Runs
import Torch
import UNetDesign

/// Trains a network as a plan says and keeps the run folder up to date.
@TensorActor
final class Trainer {
    private let plan: Plan
    private let run: RunFolder
    private let device: Device
    private let sampler: PatchSampler
    private let validator: Validator?
    private let settings: ComputeSettings
    private let random: RandomStream
    private let network: SegmentationNetwork
    private let parameters: [(name: String, tensor: Tensor)]
    /// The moving average of the weights, where the plan wants one.
    private let average: WeightAverage?
    private let optimizer: any Optimizer
    private let loss: TrainingJob.Loss
    private let report: TrainingEvents.Report
    /// What is still to be written beside the first checkpoint; nil where the run is on the disk.
    private var splits: Splits?
    /// Where the run is taken up, until it is.
    private var checkpoint: Safetensors?
    private var progress = Checkpoint(epochsDone: 0, bestDice: nil, rows: [])

    /// - Parameter splits: of a new run, which is written with its first checkpoint; nil goes on with the run in the
    ///   folder.
    init(
        _ plan: Plan, run: RunFolder, splits: Splits?, cases: RunCases, device: Device,
        makeNetwork: TrainingJob.MakeNetwork?, loss: TrainingJob.Loss?,
        report: @escaping TrainingEvents.Report
    ) throws {
        self.plan = plan
        self.run = run
        self.splits = splits
        self.device = device
        self.report = report
        settings = ComputeSettings(
            kernels: Kernels(plan.training.kernels), threads: plan.training.threads, isReproducible: true)
        random = try RandomStream(seed: plan.training.seed)
        sampler = PatchSampler(cases.training, plan: plan)
        try plan.checkNorms(batchSize: sampler.batchSize)
        validator = cases.validation.isEmpty ? nil : try Validator(cases.validation, plan: plan)
        // Of a network of somebody's own nobody knows the weights before it is made.
        checkpoint = try splits == nil ? Self.checkpoint(run, makeNetwork == nil ? plan : nil) : nil
        let planned = plan.training.loss
        self.loss = loss ?? { try planned(outputs: $0, $1, weights: $2) }
        let random = random
        func make(_ random: RandomStream) throws -> SegmentationNetwork {
            let network = try random.run { try makeNetwork?(plan.network) ?? plan.network.makeNetwork() }
            try network.move(to: device)
            return network
        }
        let training = plan.training
        (network, average, optimizer) = try settings.run {
            let network = try make(random)
            let decay = training.weightAveraging
            // Random numbers of its own, so that a run draws the same ones with and without an average.
            let average =
                decay > 0
                ? try WeightAverage(
                    of: network, in: make(RandomStream(seed: training.seed)), decay: decay) : nil
            return (network, average, try training.makeOptimizer(network.parameters))
        }
        parameters = network.parameters
    }

    /// Trains the epochs that are left; after each, log and checkpoints are on the disk.
    ///
    /// - Throws: `SegmentationError.stopped` where the task is canceled, after a checkpoint of the steps done, and
    ///   `.diverged`; what the folder held is kept.
    func train() async throws -> TrainingLog {
        await report(
            .started(
                samples: sampler.samples.count, dimensions: plan.network.dimensions,
                heldOut: validator?.count ?? 0, parameters: network.parameterCount.trainable))
        if let checkpoint { try await resume(checkpoint) }
        checkpoint = nil
        do {
            while progress.epochsDone < plan.training.epochs {
                var row = try await trainEpoch()
                if plan.training.validates(afterEpoch: row.epoch) {
                    row.validationDice =
                        try await validator?.dice(result, device: device, settings: settings) ?? []
                }
                try keep(row)
                if let error = drawCurves() { await report(.curvesNotWritten(error)) }
                await report(.epoch(log, epochs: plan.training.epochs))
            }
        } catch is CancellationError {
            if progress.partial.steps > 0 { try keep() }
            throw SegmentationError.stopped
        }
        return log
    }

    /// The network that is scored and kept: the average where there is one.
    private var result: SegmentationNetwork { average?.network ?? network }

    /// The run's last checkpoint, which fits `plan`; nil where there is none.
    private static func checkpoint(_ run: RunFolder, _ plan: Plan?) throws -> Safetensors? {
        let path = run.last.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try Safetensors(contentsOf: run.last)
        if let plan { try Checkpoint.check(file, fits: plan, path: path) }
        return file
    }

    /// Takes up the run where `file` left it.
    private func resume(_ file: Safetensors) async throws {
        let (checkpoint, threads) = try Checkpoint.restore(
            file, path: run.last.path(percentEncoded: false), network, average, optimizer, random)
        progress = checkpoint
        // The run may have been killed after it wrote the checkpoint and before it wrote the log.
        try log.write(to: run.log)
        await report(.resumed(epochsDone: checkpoint.epochsDone, steps: checkpoint.partial.steps))
        // Native kernels give the same bits for any number.
        if threads != plan.training.threads, plan.training.kernels == .libtorch || device != .cpu {
            await report(.threadsChanged(from: threads, to: plan.training.threads))
        }
    }

    private var log: TrainingLog {
        var log = TrainingLog(structures: plan.structures)
        log.rows = progress.rows
        return log
    }

    /// Trains what is left of the current epoch.
    private func trainEpoch() async throws -> TrainingLog.Row {
        let (epoch, epochs, steps) = (progress.epochsDone, plan.training.epochs, sampler.batchCount)
        var batches = BatchQueue(sampler, epoch: epoch, first: progress.partial.steps)
        while progress.partial.steps < steps {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            let step = progress.partial.steps
            optimizer.learningRate = learningRate(step: epoch * steps + step)
            let loss = try learn(from: await batches.next(), step: epoch * steps + step + 1)
            guard loss.isFinite else { throw SegmentationError.diverged(epoch: epoch + 1, step: step + 1) }
            progress.partial.steps += 1
            progress.partial.lossSum += loss
            progress.partial.seconds += (ContinuousClock.now - start).seconds
            await report(
                .step(epoch: epoch + 1, epochs: epochs, step: step + 1, steps: steps, loss: loss))
        }
        return TrainingLog.Row(
            epoch: epoch + 1, learningRate: learningRate(step: (epoch + 1) * steps - 1),
            trainingLoss: progress.partial.lossSum / Double(progress.partial.steps), validationDice: [],
            seconds: progress.partial.seconds,
            slices: progress.partial.steps * sampler.batchSize * plan.training.patch.depth)
    }

    /// Takes step `step`, counted from 1 over the whole training.
    ///
    /// - Returns: the loss before it.
    private func learn(from patches: PatchBatch, step: Int) throws -> Double {
        try settings.run {
            try random.run {
                network.train()
                let batch = try patches.tensors(rank: plan.network.dimensions.rank, device: device)
                let loss = try self.loss(network.outputs(batch.images), batch.target, batch.weights)
                try loss.backward()
                if let limit = plan.training.gradientNorm {
                    try clipGradients(of: parameters, toNorm: limit)
                }
                try optimizer.step()
                try average?.update(step: step)
                return try loss.item()
            }
        }
    }

    /// Seconds that an epoch takes on this machine, validation included, by a few steps and a few held-out cases.
    ///
    /// The network has learned from them then: train with another trainer.
    /// - Throws: `CancellationError`, `TorchError`.
    func secondsPerEpoch() async throws -> Double {
        // The first steps make room in memory; of the rest, as many as make the mean a good one.
        let (first, most, longEnough) = (2, 10, 10.0)
        var batches = BatchQueue(sampler, epoch: 0, first: 0)
        var seconds: [Double] = []
        while seconds.count < min(first + most, sampler.batchCount),
            seconds.count < first + 2 || seconds.dropFirst(first).reduce(0, +) < longEnough
        {
            try Task.checkCancellation()
            let patches = await batches.next()
            let start = ContinuousClock.now
            _ = try learn(from: patches, step: seconds.count + 1)
            seconds.append((ContinuousClock.now - start).seconds)
        }
        let counted = seconds.count > first ? Array(seconds.dropFirst(first)) : seconds
        let step = counted.reduce(0, +) / Double(counted.count)
        let validation = try await validator?.seconds(result, device: device, settings: settings) ?? 0
        return step * Double(sampler.batchCount)
            + validation / Double(min(plan.training.validationInterval, plan.training.epochs))
    }

    private func learningRate(step: Int) -> Double {
        let steps = sampler.batchCount
        return plan.training.learningRate(
            step: step, of: plan.training.epochs * steps, stepsPerEpoch: steps)
    }

    /// Adds a finished epoch to the run folder: all of its files, or none.
    private func keep(_ row: TrainingLog.Row) throws {
        progress.rows.append(row)
        progress.epochsDone += 1
        progress.partial = Checkpoint.PartialEpoch()
        let isBest = row.meanDice.map { $0 > progress.bestDice ?? -1 } ?? false
        if isBest { progress.bestDice = row.meanDice }
        try keep(best: isBest ? stagedBest(row) : nil)
    }

    /// Writes where the training stands into the run folder: all of its files, or none.
    private func keep(best: consuming StagedFile? = nil) throws {
        let epoch = StagedEpoch(
            splits: try splits.map { try run.staged($0, for: run.splits) },
            plan: try splits == nil ? nil : run.staged(plan, for: run.plan), best: best,
            last: try progress.staged(network, average, optimizer, random, plan: plan, for: run.last),
            log: try log.staged(for: run.log))
        do { try epoch.commit() } catch {
            // Of a first checkpoint that could not be kept nothing stays behind that refuses the next training.
            if splits != nil { run.removeFirstEpoch() }
            throw error
        }
        splits = nil
    }

    /// The picture is an extra: where it cannot be written, training goes on.
    ///
    /// - Returns: why it could not be written; nil where it was.
    private func drawCurves() -> (any Error)? {
        let title = "Training of \(run.url.lastPathComponent)"
        do {
            try AtomicFile.write(log.curves(title: title).svg, to: run.curves)
            return nil
        } catch {
            return error
        }
    }

    private func stagedBest(_ row: TrainingLog.Row) throws -> StagedFile {
        var metadata = try Checkpoint.metadata(plan)
        metadata["epochs_done"] = String(row.epoch)
        return try Safetensors(result.state, metadata: metadata).staged(for: run.best)
    }
}

/// The batches of an epoch in their order, drawn ahead on other threads while the network computes.
private struct BatchQueue {
    private let sampler: PatchSampler
    private let epoch: Int
    private let order: [Int]
    private var upcoming: Int
    private var drawn: [Task<PatchBatch, Never>] = []
    /// Batches drawn ahead.
    private static let ahead = 2

    init(_ sampler: PatchSampler, epoch: Int, first: Int) {
        self.sampler = sampler
        self.epoch = epoch
        order = sampler.order(epoch: epoch)
        upcoming = first
    }

    mutating func next() async -> PatchBatch {
        while drawn.count <= Self.ahead, upcoming < sampler.batchCount {
            drawn.append(
                Task.detached { [sampler, epoch, order, upcoming] in
                    sampler.batch(upcoming, epoch: epoch, order: order)
                })
            upcoming += 1
        }
        return await drawn.removeFirst().value
    }
}

extension TrainingPlan {
    /// The optimizer of `parameters` with the plan's settings.
    @TensorActor
    func makeOptimizer(_ parameters: [(name: String, tensor: Tensor)]) throws(TorchError) -> any Optimizer {
        switch optimizer {
        case .adamW:
            try Adam(parameters, learningRate: learningRate, weightDecay: weightDecay, decoupled: true)
        case .sgd:
            try SGD(
                parameters, learningRate: learningRate, momentum: momentum,
                nesterov: nesterov && momentum > 0, weightDecay: weightDecay)
        }
    }
}

extension Kernels {
    /// The kernels that a plan chooses.
    public init(_ choice: KernelChoice) {
        self = choice == .native ? .native : .libtorch
    }
}

extension PatchBatch {
    /// The batch on `device`: images (N, C, (D,) H, W) float32, classes (N, (D,) H, W) int64, and weights of the same
    /// shape, float32, where the plan has them.
    @TensorActor
    package func tensors(rank: Int, device: Device = .cpu) throws(TorchError) -> (
        images: Tensor, target: Tensor, weights: Tensor?
    ) {
        let shape = [count] + output.sides(rank: rank)
        var weights: Tensor?
        if let values = self.weights { weights = try Tensor(values, shape: shape).to(device) }
        return (
            try Tensor(images, shape: [count, channels] + input.sides(rank: rank)).to(device),
            try Tensor(classes, shape: shape).to(.int64).to(device), weights
        )
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
