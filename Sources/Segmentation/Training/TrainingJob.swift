import Datasets
import Foundation
import Networks
import Runs
import Synchronization
import Torch
import UNetDesign

/// A whole training: from a dataset on disk, or cases in memory, to a run folder with weights.
public struct TrainingJob: Sendable {
    /// The source of the cases; nil for cases in memory.
    public var dataset: Dataset? {
        if case .dataset(let dataset) = source { dataset } else { nil }
    }
    private let source: Source
    /// Where the run is kept.
    public let run: RunFolder
    /// What to train on.
    public let device: Device

    /// Who is trained on and held out; nil leaves it to the plan's fold, or to the names that it holds out.
    public var splits: Splits?
    /// Time that the training may take, from its start; nil trains the plan's epochs.
    ///
    /// A few steps and held-out cases are timed, and the plan's epochs are replaced by as many as fit.
    public var budget: Duration?
    /// Makes the network of a plan, with new weights; nil makes a `UNet`.
    ///
    /// A network of one's own has the input and output channels that its configuration says, and gives its output the
    /// size that the configuration does; see `SegmentationNetwork`.
    public var makeNetwork: MakeNetwork?
    /// The loss that is minimized; nil takes the plan's.
    public var loss: Loss?

    /// Makes a network that a configuration describes.
    public typealias MakeNetwork =
        @TensorActor @Sendable (NetworkConfiguration) throws -> SegmentationNetwork

    /// A loss of logits at one or, with deep supervision, several scales, the finest first, (N, C, (D,) H, W), against
    /// `target` (N, (D,) H, W), int64 classes; `weights`, of the target's shape, are the plan's border weights.
    public typealias Loss =
        @TensorActor @Sendable (_ outputs: [Tensor], _ target: Tensor, _ weights: Tensor?) throws -> Tensor

    /// A training of `dataset` into `run`.
    public init(dataset: Dataset, run: RunFolder, device: Device = .cpu) {
        source = .dataset(dataset)
        self.run = run
        self.device = device
    }

    /// Creates a training on cases in memory.
    ///
    /// - Parameters:
    ///   - training: the cases to train on.
    ///   - validation: the cases to score after every epoch; `splits.json` lists both by name.
    ///   - run: the folder of the run.
    ///   - device: the device to train on.
    public init(
        training: [TrainingCase], validation: [TrainingCase] = [], run: RunFolder, device: Device = .cpu
    ) {
        source = .memory(training: training, validation: validation)
        self.run = run
        self.device = device
    }

    private enum Source: Sendable {
        case dataset(Dataset)
        case memory(training: [TrainingCase], validation: [TrainingCase])

        /// The place of the cases, for errors.
        var path: String {
            switch self {
            case .dataset(let dataset): dataset.root.path(percentEncoded: false)
            case .memory: "the cases"
            }
        }

        /// Whether labels number objects.
        var hasInstances: Bool {
            switch self {
            case .dataset(let dataset): dataset.hasInstances
            case .memory: false
            }
        }

        /// The names that splits can list.
        var patients: [String] {
            switch self {
            case .dataset(let dataset): dataset.patients.map(\.id)
            case .memory(let training, let validation): (training + validation).map(\.name)
            }
        }

        /// The patients to train on and to hold out.
        func splits(_ wanted: Splits?, _ plan: Plan) throws -> Splits {
            switch self {
            case .dataset(let dataset):
                return try wanted ?? Splits(of: dataset, plan: plan)
            case .memory(let training, let validation):
                var seen: Set<String> = []
                if let name = patients.first(where: { !seen.insert($0).inserted }) {
                    throw SegmentationError.badSplits(path: path, .repeated(name: name))
                }
                return Splits(training: training.map(\.name), validation: validation.map(\.name))
            }
        }
    }

    /// A run as `plan` says, trained to its end.
    ///
    /// Nothing stands in the folder before the first epoch is finished or the training is canceled, but for a hidden file
    /// that keeps other trainings out; a training that fails earlier leaves no folder that was not there before.
    ///
    /// - Returns: the events, which throw `SegmentationError` where the plan is not valid, the folder holds a run
    ///   already, another training is running in it, or the dataset has nothing to train on; `.stopped` where the task
    ///   is canceled; `.shortBudget` where not one epoch fits into the budget; errors of files that cannot be written.
    public func start(_ plan: Plan) -> TrainingEvents {
        TrainingEvents { report in
            let begin = ContinuousClock.now
            guard !plan.structures.isEmpty else {
                throw SegmentationError.nothingToTrain(
                    path: source.path, .noLabel)
            }
            try plan.validate()
            if let dataset { try splits?.check(fits: dataset) }
            try run.checkIsFree()
            try await locked(report) {
                // Another training may have ended here since.
                try run.checkIsFree()
                if run.holdsRun { await report(.startedAnew(path: run.url.path(percentEncoded: false))) }
                var plan = plan
                plan.training.instances = source.hasInstances
                var splits = try source.splits(splits, plan)
                if self.splits != nil || dataset == nil { plan.training.take(splits) }
                let cases = try await load(splits, plan, report)
                splits.validationCases = cases.validation.map(\.name)
                plan.training.seen = cases.seen
                if let budget {
                    plan.training.epochs = try await epochs(
                        in: budget, since: begin, plan, cases, splits, report)
                }
                try await train(plan, cases, splits: splits, report)
            }
        }
    }

    /// A run that goes on where its last checkpoint left it.
    ///
    /// - Parameter threads: another number of threads than the plan's, or nil; with libtorch's kernels, the run then is no
    ///   longer repeated bit for bit, and `TrainingEvent.threadsChanged` says so.
    /// - Returns: the events, which throw `SegmentationError.noRun` where there is none, `.runLocked` where another
    ///   training continues it, `.patientsGone` where the dataset is another one, and as those of `start(_:)`.
    public func resume(threads: Int? = nil) -> TrainingEvents {
        TrainingEvents { report in
            guard run.holdsRun else {
                throw SegmentationError.noRun(path: run.url.path(percentEncoded: false))
            }
            try await locked(report) {
                var plan = try run.readPlan()
                if let threads { plan.training.threads = threads }
                try plan.validate()
                let cases = try await load(checkedSplits(plan), plan, report)
                try updateSplits(cases)
                try await train(plan, cases, splits: nil, report)
            }
        }
    }

    /// Runs `body` while other trainings are kept out of the run folder.
    private func locked(_ report: TrainingEvents.Report, _ body: () async throws -> Void) async throws {
        guard device.isAvailable else { throw TorchError.noDevice(device) }
        let lock = try run.lock()
        defer { lock.release() }
        if !lock.isEnforced { await report(.cannotLock(path: run.url.path(percentEncoded: false))) }
        try await body()
    }

    /// The run's splits, whose patients the dataset must have.
    private func checkedSplits(_ plan: Plan) throws -> Splits {
        let hasInstances = source.hasInstances
        guard plan.training.instances ?? hasInstances == hasInstances else {
            throw SegmentationError.planDiffers(
                path: run.url.path(percentEncoded: false), setting: .of(\.training.instances),
                planned: "\(!hasInstances)", given: "\(hasInstances)")
        }
        if let dataset { try plan.checkStructures(of: dataset, run: run.url.path(percentEncoded: false)) }
        let splits = try run.readSplits()
        let here = Set(source.patients)
        let gone = (splits.training + splits.validation).filter { !here.contains($0) }
        guard gone.isEmpty else {
            throw SegmentationError.patientsGone(
                path: source.path, patients: gone)
        }
        return splits
    }

    /// The scores of the epochs to come rest on the cases that are there now.
    private func updateSplits(_ cases: RunCases) throws {
        var splits = try run.readSplits()
        let validationCases = cases.validation.map(\.name)
        guard splits.validationCases != validationCases else { return }
        splits.validationCases = validationCases
        try run.write(splits, to: run.splits)
    }

    private func load(_ splits: Splits, _ plan: Plan, _ report: TrainingEvents.Report) async throws
        -> RunCases
    {
        let flag = CancellationFlag()
        var events: [TrainingEvent] = []
        let cases = await withTaskCancellationHandler {
            Result {
                switch source {
                case .dataset(let dataset):
                    try RunCases(
                        of: dataset, splits: splits, plan: plan, shouldStop: { flag.isSet },
                        report: { events.append($0) })
                case .memory(let training, let validation):
                    try RunCases(
                        training: training, validation: validation, plan: plan,
                        report: { events.append($0) })
                }
            }
        } onCancel: {
            flag.set()
        }
        for event in events { await report(event) }
        return try cases.get()
    }

    /// As many epochs as fit into `budget`, which began at `begin`.
    ///
    /// - Throws: `SegmentationError.shortBudget` where not one does.
    private func epochs(
        in budget: Duration, since begin: ContinuousClock.Instant, _ plan: Plan, _ cases: RunCases,
        _ splits: Splits, _ report: TrainingEvents.Report
    ) async throws -> Int {
        let seconds: Double
        do {
            let trainer = try await Trainer(
                plan, run: run, splits: splits, cases: cases, device: device, makeNetwork: makeNetwork,
                loss: loss, report: { _ in })
            seconds = try await trainer.secondsPerEpoch()
        } catch is CancellationError {
            throw SegmentationError.stopped
        }
        let left = (budget - (ContinuousClock.now - begin)).seconds
        let count = Int(min(left / seconds, Double(1_000_000)))
        guard count > 0 else { throw SegmentationError.shortBudget(seconds: budget.seconds, epoch: seconds) }
        await report(.budgeted(epochs: count, secondsPerEpoch: seconds))
        return count
    }

    private func train(
        _ plan: Plan, _ cases: RunCases, splits: Splits?, _ report: @escaping TrainingEvents.Report
    ) async throws {
        let start = ContinuousClock.now
        let trainer = try await Trainer(
            plan, run: run, splits: splits, cases: cases, device: device, makeNetwork: makeNetwork,
            loss: loss,
            report: report)
        let log = try await trainer.train()
        let summary = TrainingSummary(
            log, plan: plan, device: device.description, libtorch: TorchRuntime.version,
            seconds: (ContinuousClock.now - start).seconds)
        try run.write(summary, to: run.summary)
        await report(.finished(summary))
    }
}

/// Tells threads outside of a task that it was canceled.
private final class CancellationFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
