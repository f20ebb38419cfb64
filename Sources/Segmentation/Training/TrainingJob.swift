import Datasets
import Foundation
import Synchronization
import Torch

/// A whole training: from a dataset on disk to a run folder with weights.
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
    /// - Throws: `SegmentationError` where the plan is not valid, the folder holds a run already, another training is
    ///   running in it, or the dataset has nothing to train on; errors of files that cannot be written.
    @discardableResult
    public func start(_ plan: Plan, report: @escaping (TrainingEvent) -> Void = { _ in }) throws
        -> TrainingSummary
    {
        guard !plan.structures.isEmpty else {
            throw SegmentationError.nothingToTrain(
                path: dataSet.root.path(percentEncoded: false), reason: "its ground truth contains no labels")
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
            var splits = try makeSplits(plan)
            let cases = try loadCases(splits, plan: plan, report: report)
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
    /// - Throws: `SegmentationError.noRun` where there is none, `.runLocked` where another training is using it,
    ///   `.patientsGone` where the dataset is another one.
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
        var splits = try run.readSplits()
        let here = Set(dataSet.patients.map(\.id))
        let gone = (splits.training + splits.validation).filter { !here.contains($0) }
        guard gone.isEmpty else {
            throw SegmentationError.patientsGone(
                path: dataSet.root.path(percentEncoded: false), patients: gone)
        }
        let cases = try loadCases(splits, plan: plan, report: report)
        // The scores of the epochs to come rest on the cases that are there now.
        let validationCases = cases.validation.map(\.case.id)
        if splits.validationCases != validationCases {
            splits.validationCases = validationCases
            try run.write(splits, to: run.splits)
        }
        return try train(plan, cases, splits: nil, report: report)
    }

    private func train(
        _ plan: Plan, _ cases: (training: [PreparedCase], validation: [LoadedCase]), splits: Splits?,
        report: @escaping (TrainingEvent) -> Void
    ) throws -> TrainingSummary {
        let start = ContinuousClock.now
        let summary = try TensorThread.run {
            let trainer = try Trainer(
                plan, run: run, splits: splits, training: cases.training, validation: cases.validation,
                device: device, shouldStop: shouldStop, report: report)
            let log = try trainer.train()
            return TrainingSummary(
                log, plan: plan, device: device, seconds: (ContinuousClock.now - start).seconds)
        }
        try run.write(summary, to: run.summary)
        return summary
    }

    private func makeSplits(_ plan: Plan) throws -> Splits {
        let patients = dataSet.patients.map(\.id)
        let heldOut = Set(plan.training.holdOut)
        guard heldOut.isEmpty else { return try holdOut(heldOut, of: patients) }
        guard let fold = plan.training.fold else {
            return Splits(fold: nil, training: patients, validation: [])
        }
        let folds: Folds
        do { folds = try Folds(of: dataSet, count: plan.training.foldCount) } catch {
            guard case .tooFewPatients(let found, let count) = error else { throw error }
            throw SegmentationError.tooFewPatients(
                path: dataSet.root.path(percentEncoded: false), found: found, folds: count)
        }
        return Splits(fold: fold, training: folds.training(fold), validation: folds.validation(fold))
    }

    private func holdOut(_ names: Set<String>, of patients: [String]) throws -> Splits {
        let unknown = names.subtracting(patients).sorted()
        guard unknown.isEmpty else {
            throw SegmentationError.nobodyCalled(
                path: dataSet.root.path(percentEncoded: false), names: unknown,
                nearest: patients.nearest(to: unknown[0], count: 3))
        }
        return Splits(
            fold: nil, training: patients.filter { !names.contains($0) },
            validation: patients.filter(names.contains))
    }

    /// Loads the cases of both sides. A case that cannot be read is left out and reported, never silently; labels that
    /// the structures do not know are no fault of one file, since either may be wrong, and end it.
    private func loadCases(_ splits: Splits, plan: Plan, report: (TrainingEvent) -> Void) throws -> (
        training: [PreparedCase], validation: [LoadedCase]
    ) {
        let (trained, heldOut) = (Set(splits.training), Set(splits.validation))
        let wanted = dataSet.cases(phases: plan.training.phases).filter {
            trained.contains($0.patient) || heldOut.contains($0.patient)
        }
        if plan.training.phases != .both, !wanted.contains(where: { trained.contains($0.patient) }) {
            let phases = Set(dataSet.cases.compactMap(\.phase))
            throw SegmentationError.noCaseOfPhase(
                path: dataSet.root.path(percentEncoded: false), chosen: plan.training.phases,
                known: Phase.allCases.filter(phases.contains))
        }
        var training: [PreparedCase] = []
        var validation: [LoadedCase] = []
        let (results, findings) = load(wanted, prepare: { trained.contains($0.patient) }, plan: plan)
        if shouldStop() { throw SegmentationError.stopped }
        let unknown = results.compactMap { if case .unknownLabels(let reason) = $0 { reason } else { nil } }
        if let first = unknown.first {
            throw SegmentationError.unknownLabels(reason: first, others: unknown.count - 1)
        }
        try findings.check(plan, report: report)
        // Shuffled folds keep patients who share an image together; a choice by name, and blocks of neighbors, may part
        // them, which flatters the scores.
        var trainedImages: [Fingerprint: String] = [:]
        for (item, result) in zip(wanted, results) {
            if case .prepared(_, let image) = result {
                trainedImages[image] = trainedImages[image] ?? item.id
            }
        }
        for (item, result) in zip(wanted, results) {
            switch result {
            case .prepared(let prepared, _): training.append(prepared)
            case .loaded(let loaded):
                validation.append(loaded)
                if let same = trainedImages[Fingerprint(loaded.channels)] {
                    report(.sameImage(training: same, heldOut: item.id))
                }
            case .failed(let reason): report(.skipped(case: item.id, reason: reason))
            case .unknownLabels: preconditionFailure("thrown above")
            }
        }
        guard !training.isEmpty else {
            throw SegmentationError.nothingToTrain(
                path: dataSet.root.path(percentEncoded: false),
                reason: "no training patient has a readable case with ground truth")
        }
        return (training, validation)
    }

    private enum Loading: Sendable {
        case prepared(PreparedCase, Fingerprint)
        case loaded(LoadedCase)
        case failed(String)
        case unknownLabels(DatasetError)
    }

    /// Reads `cases` on all processors and prepares those that are trained on; results are in the order of `cases`.
    private func load(
        _ cases: [Case], prepare: @Sendable (Case) -> Bool, plan: Plan
    ) -> ([Loading], LabelFindings) {
        let results = Mutex<[Int: Loading]>([:])
        let findings = Mutex(LabelFindings(structures: plan.structures))
        let structures = plan.structures
        let shouldStop = shouldStop
        DispatchQueue.concurrentPerform(iterations: cases.count) { index in
            let item = cases[index]
            let result: Loading
            if shouldStop() {
                // The results are not looked at.
                result = .failed("")
            } else if item.reference == nil {
                result = .failed("\(item.image.relativePath): has no ground truth")
            } else {
                do {
                    let loaded = try item.load(structures: structures)
                    try plan.check(loaded.volume.geometry, path: item.image.relativePath)
                    guard loaded.channels.count == plan.network.inputChannels else {
                        throw SegmentationError.channels(
                            path: item.image.relativePath, expected: plan.network.inputChannels,
                            found: loaded.channels.count)
                    }
                    let contacts = loaded.labels.map { LabelContacts(of: $0, structures: structures) }
                    findings.withLock { $0.add(loaded.misplacements, contacts, ofCase: index) }
                    result =
                        prepare(item)
                        ? .prepared(PreparedCase(loaded, plan: plan), Fingerprint(loaded.channels))
                        : .loaded(loaded)
                } catch let error as DatasetError where error.isOfUnknownLabels {
                    result = .unknownLabels(error)
                } catch {
                    result = .failed(String(describing: error))
                }
            }
            results.withLock { $0[index] = result }
        }
        let found = results.withLock { $0 }
        return (cases.indices.compactMap { found[$0] }, findings.withLock { $0 })
    }
}
