import Datasets
import Foundation
import Runs
import Torch

/// A whole training: from a data set on disk to a run folder with weights.
public struct TrainingJob {
    /// Where the cases come from.
    public let dataSet: DataSet
    /// Where the run is kept.
    public let run: RunFolder
    /// What to train on.
    public let device: Device
    /// Asked between steps and cases, also from other threads; once it says true the training ends with
    /// `SegmentationError.stopped`. What was finished is kept.
    public var shouldStop: @Sendable () -> Bool = { false }

    /// A training of `dataSet` into `run`.
    public init(dataSet: DataSet, run: RunFolder, device: Device = .cpu) {
        self.dataSet = dataSet
        self.run = run
        self.device = device
    }

    /// Starts a run as `plan` says and trains it to its end.
    ///
    /// Nothing stands in the folder before the first epoch is finished, but for a hidden file that keeps other trainings
    /// out; a training that fails earlier leaves no folder that was not there before.
    ///
    /// - Throws: `SegmentationError` where the plan makes no sense, the folder holds a run already, another training is
    ///   running in it, or the data set has nothing to train on; errors of files that cannot be written.
    @discardableResult
    public func start(_ plan: Plan, report: @escaping (TrainingEvent) -> Void = { _ in }) throws
        -> TrainingSummary
    {
        guard !plan.structures.isEmpty else {
            throw SegmentationError.nothingToTrain(
                path: dataSet.root.path(percentEncoded: false), reason: "no label in any ground truth")
        }
        try plan.validate()
        try run.checkIsFree()
        guard device.isAvailable else { throw TorchError.noDevice(device) }
        return try locked(report) {
            // Another training may have ended here since.
            try run.checkIsFree()
            if run.holdsRun { report(.startedAnew(path: run.url.path(percentEncoded: false))) }
            var plan = plan
            plan.training.instances = dataSet.hasInstances
            var splits = try Splits(of: dataSet, plan: plan)
            let cases = try RunCases(
                of: dataSet, splits: splits, plan: plan, shouldStop: shouldStop, report: report)
            splits.validationCases = cases.validation.map(\.case.id)
            return try train(plan, cases, splits: splits, report: report)
        }
    }

    /// Runs `body` while other trainings are kept out of the run folder.
    private func locked<Result>(_ report: (TrainingEvent) -> Void, _ body: () throws -> Result) throws
        -> Result
    {
        let lock = try run.lock()
        defer { lock.release() }
        if !lock.isEnforced { report(.cannotLock(path: run.url.path(percentEncoded: false))) }
        return try body()
    }

    /// Goes on with a run where its last finished epoch left it.
    ///
    /// - Parameter threads: another number of threads than the plan's, or nil; the run then is no longer repeated bit
    ///   for bit, and `TrainingEvent.threadsChanged` says so.
    /// - Throws: `SegmentationError.noRun` where there is none, `.runLocked` where another training goes on with it,
    ///   `.patientsGone` where the data set is another one.
    @discardableResult
    public func resume(threads: Int? = nil, report: @escaping (TrainingEvent) -> Void = { _ in }) throws
        -> TrainingSummary
    {
        guard run.holdsRun else { throw SegmentationError.noRun(path: run.url.path(percentEncoded: false)) }
        guard device.isAvailable else { throw TorchError.noDevice(device) }
        return try locked(report) { try resumeLocked(threads: threads, report: report) }
    }

    private func resumeLocked(threads: Int?, report: @escaping (TrainingEvent) -> Void) throws
        -> TrainingSummary
    {
        var plan = try run.readPlan()
        if let threads { plan.training.threads = threads }
        try plan.validate()
        guard plan.training.instances ?? dataSet.hasInstances == dataSet.hasInstances else {
            throw SegmentationError.planDiffers(
                path: run.url.path(percentEncoded: false), setting: "--instances",
                planned: "\(!dataSet.hasInstances)", given: "\(dataSet.hasInstances)")
        }
        try plan.checkStructures(of: dataSet, run: run.url.path(percentEncoded: false))
        var splits = try run.readSplits()
        let here = Set(dataSet.patients.map(\.id))
        let gone = (splits.training + splits.validation).filter { !here.contains($0) }
        guard gone.isEmpty else {
            throw SegmentationError.patientsGone(
                path: dataSet.root.path(percentEncoded: false), patients: gone)
        }
        let cases = try RunCases(
            of: dataSet, splits: splits, plan: plan, shouldStop: shouldStop, report: report)
        // The scores of the epochs to come rest on the cases that are there now.
        let validationCases = cases.validation.map(\.case.id)
        if splits.validationCases != validationCases {
            splits.validationCases = validationCases
            try run.write(splits, to: run.splits)
        }
        return try train(plan, cases, splits: nil, report: report)
    }

    private func train(
        _ plan: Plan, _ cases: RunCases, splits: Splits?,
        report: @escaping (TrainingEvent) -> Void
    ) throws -> TrainingSummary {
        let start = ContinuousClock.now
        let summary = try TensorThread.run {
            let trainer = try Trainer(
                plan, run: run, splits: splits, training: cases.training, validation: cases.validation,
                device: device, shouldStop: shouldStop, report: report)
            let log = try trainer.train()
            return TrainingSummary(
                log, plan: plan, device: device.description, libtorch: TorchRuntime.version,
                seconds: (ContinuousClock.now - start).seconds)
        }
        try run.write(summary, to: run.summary)
        return summary
    }
}
