import Datasets
import Files
import Foundation
import Imaging
import NIfTI
import Runs
import Scans
import Scoring
import Torch

/// A cross-validation: a network for each fold, predictions of every patient by the network that has not seen them, their
/// scores, and a model of all the networks with the rules that served best on those predictions.
///
/// Everything is kept in one folder. A cross-validation that was killed continues where it was; several processes can
/// share the folder, each training folds that no other one is training.
public struct CrossValidationJob: Sendable {
    /// The source of the cases.
    public let dataset: Dataset
    /// The folder of results.
    public let folder: CrossValidationFolder
    /// The device to compute on.
    public let device: Device
    /// The folds to train, from 0; nil for all.
    public var folds: [Int]?
    /// The number of CPU threads, if not the plan's.
    public var threads: Int?

    /// A progress event.
    public enum Event: Sendable {
        /// The folds are fixed, and this many of them are trained already.
        case begun(folds: Int, trained: Int)
        /// An event of the training of a fold, from 0.
        case training(fold: Int, TrainingEvent)
        /// Another process is training this fold.
        case elsewhere(fold: Int)
        /// `done` of `total` held-out cases of all folds are segmented, in one of `passes`.
        case predicting(done: Int, total: Int)
        /// A held-out case could not be segmented.
        case failed(PredictionJob.Failure)
        /// All folds are trained, predicted and scored: the last event.
        case finished(CrossValidationSummary, EvaluationJob.Result)
    }

    /// Creates a job that cross-validates on `dataset` in `folder`.
    public init(dataset: Dataset, folder: CrossValidationFolder, device: Device = .cpu) {
        self.dataset = dataset
        self.folder = folder
        self.device = device
    }

    /// Trains, predicts, scores, and writes the model.
    ///
    /// - Parameters:
    ///   - plan: the plan of every fold, for a folder that holds none yet; its fold is ignored.
    ///   - isolation: the caller's actor.
    ///   - each: called with every event.
    /// - Returns: whether all folds are trained; if not, some are trained by other processes or were not wanted.
    /// - Throws: Errors of `TrainingJob` and `PredictionJob`; `SegmentationError.patientsGone` if the dataset lacks
    ///   patients of the folds, `.stopped` if the task is canceled.
    public func run(
        _ plan: Plan, isolation: isolated (any Actor)? = #isolation, each: (Event) throws -> Void = { _ in }
    ) async throws -> Bool {
        let (plan, folds) = try begin(plan)
        let trained = (0..<folds.count).filter(isTrained).count
        try each(.begun(folds: folds.count, trained: trained))
        for fold in self.folds ?? Array(0..<folds.count) where !isTrained(fold) {
            try await train(fold, plan, folds, each)
        }
        guard (0..<folds.count).allSatisfy(isTrained) else { return false }
        let (summary, result) = try await conclude(plan, folds, each)
        try each(.finished(summary, result))
        return true
    }

    private func isTrained(_ fold: Int) -> Bool {
        FileManager.default.fileExists(
            atPath: folder.run(fold).summary.path(percentEncoded: false))
    }

    /// Fixes the plan and the folds, or reads them.
    private func begin(_ plan: Plan) throws -> (Plan, Folds) {
        if folder.isBegun {
            let (plan, folds) = (try folder.readPlan(), try folder.readFolds())
            let here = Set(dataset.patients.map(\.id))
            let gone = folds.folds.joined().filter { !here.contains($0) }
            guard gone.isEmpty else {
                throw SegmentationError.patientsGone(
                    path: dataset.root.path(percentEncoded: false), patients: gone)
            }
            return (plan, folds)
        }
        var plan = plan
        plan.training.fold = nil
        plan.training.holdOut = []
        try plan.validate()
        let folds: Folds
        do { folds = try Folds(of: dataset, count: plan.training.foldCount) } catch {
            guard case .tooFewPatients(let found, let count) = error else { throw error }
            throw SegmentationError.tooFewPatients(
                path: dataset.root.path(percentEncoded: false), found: found, folds: count)
        }
        try folder.url.makeFolder()
        // The plan comes last: with it the cross-validation has begun.
        try AtomicFile.write(try folds.jsonText() + Data("\n".utf8), to: folder.folds)
        try AtomicFile.write(try plan.jsonText() + Data("\n".utf8), to: folder.plan)
        return (plan, folds)
    }

    // MARK: Training

    private func train(
        _ fold: Int, _ plan: Plan, _ folds: Folds, isolation: isolated (any Actor)? = #isolation,
        _ each: (Event) throws -> Void
    ) async throws {
        let run = folder.run(fold)
        var job = TrainingJob(dataset: dataset, run: run, device: device)
        job.splits = Splits(
            fold: fold, training: folds.training(fold), validation: folds.validation(fold))
        var plan = plan
        if let threads { plan.training.threads = threads }
        let isResumed = FileManager.default.fileExists(atPath: run.last.path(percentEncoded: false))
        do {
            try await (isResumed ? job.resume(threads: threads) : job.start(plan)).finish {
                try each(.training(fold: fold, $0))
            }
        } catch SegmentationError.runLocked {
            try each(.elsewhere(fold: fold))
        }
    }

    // MARK: Prediction and choice

    private func conclude(
        _ plan: Plan, _ folds: Folds, isolation: isolated (any Actor)? = #isolation,
        _ each: (Event) throws -> Void
    ) async throws -> (CrossValidationSummary, EvaluationJob.Result) {
        let cases = dataset.cases(phases: plan.training.phases).filter { $0.reference != nil }
        let heldOut = (0..<folds.count).map { fold in
            let patients = Set(folds.validation(fold))
            return cases.filter { patients.contains($0.patient) }
        }
        let ways = plan.training.isMirrored ? [false, true] : [false]
        let total = heldOut.joined().count * ways.count
        var done = 0
        var failed: Set<String> = []
        for isMirrored in ways {
            for fold in 0..<folds.count {
                try await predict(heldOut[fold], fold, isMirrored: isMirrored) { failure in
                    failed.insert(failure.path)
                    try each(.failed(failure))
                } step: {
                    done += 1
                    try each(.predicting(done: min(done, total), total: total))
                }
            }
        }
        let predicted = heldOut.map { $0.filter { !failed.contains($0.image.path(percentEncoded: false)) } }
        let (summary, items) = try choose(predicted, ways, plan)
        try writePredictions(items, summary.chosen, plan)
        try await writeModel(summary.chosen, folds: folds.count)
        let result = try EvaluationJob(predictions: folder.predictions, truth: dataset).run()
        try AtomicFile.write(result.evaluation.json(), to: folder.evaluation)
        try AtomicFile.write(Data(result.evaluation.csv().utf8), to: folder.table)
        try AtomicFile.write(try summary.jsonText() + Data("\n".utf8), to: folder.summary)
        return (summary, result)
    }

    /// Segments the held-out `cases` of a fold that are not segmented yet.
    private func predict(
        _ cases: [Case], _ fold: Int, isMirrored: Bool, isolation: isolated (any Actor)? = #isolation,
        failure: (PredictionJob.Failure) throws -> Void, step: () throws -> Void
    ) async throws {
        let output = folder.predictions(fold, isMirrored: isMirrored)
        let inputs = cases.map { PredictionInput($0) }
        let missing = inputs.filter { input in
            ![1, 2].contains { slices in
                FileManager.default.fileExists(
                    atPath: output.appending(path: input.predictionName(slices: slices))
                        .path(percentEncoded: false))
            }
        }
        for _ in 0..<inputs.count - missing.count { try step() }
        guard !missing.isEmpty else { return }
        let run = folder.run(fold)
        let settings = ComputeSettings(
            kernels: Kernels(try run.readPlan().training.kernels),
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        let model = try await Model(contentsOf: run.url, device: device)
        let predictor = try Predictor([model], isMirrored: isMirrored, settings: settings)
        let failures = try await PredictionJob(predictor, output: output).run(missing) { _ in try step() }
        for each in failures { try failure(each) }
    }

    /// Chooses how labels are made of the networks' outputs, by the held-out patients alone.
    private func choose(_ predicted: [[Case]], _ ways: [Bool], _ plan: Plan) throws -> (
        CrossValidationSummary, items: [OutOfFoldScores.Item]
    ) {
        let rules: [ComponentRule] = [.all, .largest, .heart]
        func items(isMirrored: Bool) -> [OutOfFoldScores.Item] {
            predicted.enumerated().flatMap { fold, cases in
                cases.map { item in
                    let folder = folder.predictions(fold, isMirrored: isMirrored)
                    let input = PredictionInput(item)
                    let names = [1, 2].map { input.predictionName(slices: $0) }
                    let found = names.map { folder.appending(path: $0) }
                        .first { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
                    return OutOfFoldScores.Item(
                        item, fold: fold, prediction: found ?? folder.appending(path: names[0]))
                }
            }
        }
        var candidates: [(CrossValidationSummary.Candidate, OutOfFoldScores)] = []
        for isMirrored in ways {
            let scores = try OutOfFoldScores(
                of: items(isMirrored: isMirrored), structures: plan.structures, rules: rules)
            candidates += rules.map { (scores.candidate($0, isMirrored: isMirrored), scores) }
        }
        // What is simpler stays where the difference is too small to tell.
        let best = candidates.map(\.0.meanDice).max() ?? 0
        guard let (chosen, scores) = candidates.first(where: { $0.0.meanDice >= best - 0.0005 }) else {
            preconditionFailure("at least one candidate")
        }
        return (
            CrossValidationSummary(
                candidates: candidates.map(\.0), chosen: chosen,
                foldDice: scores.foldDice(chosen.components, count: predicted.count),
                cases: predicted.joined().count), items(isMirrored: chosen.isMirrored)
        )
    }

    /// Writes the held-out predictions as chosen into one folder.
    private func writePredictions(
        _ items: [OutOfFoldScores.Item], _ chosen: CrossValidationSummary.Candidate, _ plan: Plan
    ) throws {
        let rule = chosen.components
        try folder.predictions.makeFolder()
        let manifest = try PredictionManifest.begin(
            items.map(\.item.id), of: plan.structures, keeping: rule, in: folder.predictions)
        let written = try items.parallelMap { item in
            Result {
                let labels = try LabelScan(contentsOf: item.prediction)
                let found = try labels.labelMap()
                let kept = found.keeping(rule, of: plan.structures.map(\.label))
                let target = folder.predictions.appending(path: item.prediction.lastPathComponent)
                if let template = labels.template {
                    try NIfTIImage(labels: kept.labels, frames: 1, like: template)
                        .naming(plan.structures).write(to: target)
                } else {
                    try kept.writePicture(to: target)
                }
                let removed = kept.removals(from: found, of: plan.structures)
                return (
                    item.item.id,
                    Dictionary(uniqueKeysWithValues: removed.map { ($0.structure.name, $0.removed) })
                )
            }
        }.map { try $0.get() }
        try manifest.end(written: Dictionary(uniqueKeysWithValues: written))
    }

    /// Writes the networks of all folds and how they predict together.
    private func writeModel(_ chosen: CrossValidationSummary.Candidate, folds: Int) async throws {
        try folder.model.makeFolder()
        var members: [ModelDescription.Member] = []
        for fold in 0..<folds {
            let file = "fold\(fold).safetensors"
            try await Model.export(folder.run(fold), to: folder.model.appending(path: file))
            members.append(ModelDescription.Member(file: file))
        }
        let description = ModelDescription(
            name: folder.url.lastPathComponent, members: members, isMirrored: chosen.isMirrored,
            components: chosen.components)
        try AtomicFile.write(
            try description.jsonText() + Data("\n".utf8),
            to: folder.model.appending(path: ModelDescription.fileName))
    }
}
