import Datasets
import Files
import Foundation
import Imaging
import Scans

/// The cases of a run, loaded and prepared.
package struct RunCases: Sendable {
    /// The cases to train on.
    package let training: [PreparedCase]
    /// The held-out cases.
    package let validation: [TrainingCase]
    /// The grids of the cases to train on; nil for pictures.
    package let seen: SeenScans?

    /// Loads the cases of both sides. A case that cannot be read is reported and left out. A label that is none of the
    /// structures is an error, since the file and the structures could each be wrong.
    ///
    /// - Parameter shouldStop: called before every case, also on other threads.
    /// - Throws: `SegmentationError.stopped`, `.unknownLabels`, `.misplaced`, `.noCaseOfPhase`, `.nothingToTrain`.
    package init(
        of dataset: Dataset, splits: Splits, plan: Plan, shouldStop: @Sendable () -> Bool,
        report: (TrainingEvent) -> Void
    ) throws {
        let (trained, heldOut) = (Set(splits.training), Set(splits.validation))
        let wanted = dataset.cases(phases: plan.training.phases).filter {
            trained.contains($0.patient) || heldOut.contains($0.patient)
        }
        if plan.training.phases != .both, !wanted.contains(where: { trained.contains($0.patient) }) {
            let phases = Set(dataset.cases.compactMap(\.phase))
            throw SegmentationError.noCaseOfPhase(
                path: dataset.root.path(percentEncoded: false), chosen: plan.training.phases,
                known: Phase.allCases.filter(phases.contains))
        }
        var grids: [Geometry] = []
        var training: [PreparedCase] = []
        var validation: [TrainingCase] = []
        let (results, findings) = Self.load(
            wanted, prepare: { trained.contains($0.patient) }, plan: plan, shouldStop: shouldStop)
        if shouldStop() { throw SegmentationError.stopped }
        let unknown = results.compactMap { if case .unknownLabels(let error) = $0 { error } else { nil } }
        if let first = unknown.first {
            throw SegmentationError.unknownLabels(first, others: unknown.count - 1)
        }
        try findings.check(plan, report: report)
        // Shuffled folds keep patients who share an image together; a choice by name, and blocks of neighbors, can
        // separate them, which inflates the scores.
        var trainedImages: [Fingerprint: String] = [:]
        for (item, result) in zip(wanted, results) {
            if case .prepared(_, _, let image) = result {
                trainedImages[image] = trainedImages[image] ?? item.id
            }
        }
        for (item, result) in zip(wanted, results) {
            switch result {
            case .prepared(let prepared, let grid, _):
                training.append(prepared)
                grids.append(grid)
            case .heldOut(let heldOut):
                validation.append(heldOut)
                if let same = trainedImages[Fingerprint(heldOut.channels)] {
                    report(.sameImage(training: same, heldOut: item.id))
                }
            case .failed(let error): report(.skipped(case: item.id, error))
            case .unknownLabels: break  // thrown above
            }
        }
        guard !training.isEmpty else {
            throw SegmentationError.nothingToTrain(
                path: dataset.root.path(percentEncoded: false), .noReadableCase)
        }
        self.training = training
        self.validation = validation
        seen = dataset.isImages ? nil : SeenScans(grids)
    }

    /// Prepares cases in memory.
    ///
    /// - Throws: `SegmentationError.nothingToTrain` without cases to train on, and for cases that cannot be used
    ///   `SegmentationError`, `ScanError`, and `DatasetError` that name them.
    package init(
        training: [TrainingCase], validation: [TrainingCase], plan: Plan, report: (TrainingEvent) -> Void
    ) throws {
        guard !training.isEmpty else {
            throw SegmentationError.nothingToTrain(path: "the cases", .noReadableCase)
        }
        for item in training + validation { try plan.check(item) }
        var trainedImages: [Fingerprint: String] = [:]
        for item in training { trainedImages[Fingerprint(item.channels)] = item.name }
        for item in validation {
            if let same = trainedImages[Fingerprint(item.channels)] {
                report(.sameImage(training: same, heldOut: item.name))
            }
        }
        self.training = try training.parallelMap { item in
            Result { try PreparedCase(channels: item.channels, labels: item.labels, plan: plan) }
        }.map { try $0.get() }
        self.validation = validation
        seen = plan.preparation.spacing == nil ? nil : SeenScans(training.map { $0.channels[0].geometry })
    }

    private enum Loading: Sendable {
        /// A case to train on, the scan's own grid, and the fingerprint of the scan.
        case prepared(PreparedCase, Geometry, Fingerprint)
        case heldOut(TrainingCase)
        case failed(any Error)
        case unknownLabels(DatasetError)
    }

    /// Reads `cases` on all processors and prepares those to train on; results are in the order of `cases`.
    private static func load(
        _ cases: [Case], prepare: @Sendable (Case) -> Bool, plan: Plan, shouldStop: @Sendable () -> Bool
    ) -> ([Loading], LabelFindings) {
        let structures = plan.structures
        let results = cases.parallelRead { item, reader -> (Loading, LabelFindings.Entry?) in
            // The results are discarded in this case.
            if shouldStop() { return (.failed(SegmentationError.stopped), nil) }
            if item.reference == nil {
                return (.failed(SegmentationError.noReference(path: item.image.relativePath)), nil)
            }
            do {
                let loaded = try item.load(structures: structures, with: &reader)
                try plan.check(loaded.volume.geometry, path: item.image.relativePath)
                guard loaded.channels.count == plan.network.inputChannels else {
                    throw SegmentationError.channels(
                        path: item.image.relativePath, expected: plan.network.inputChannels,
                        found: loaded.channels.count)
                }
                guard let labels = loaded.labels else {
                    return (.failed(SegmentationError.noReference(path: item.image.relativePath)), nil)
                }
                let loading: Loading =
                    prepare(item)
                    ? .prepared(
                        try PreparedCase(loaded, plan: plan), loaded.volume.geometry,
                        Fingerprint(loaded.channels))
                    : .heldOut(TrainingCase(name: item.id, channels: loaded.channels, labels: labels))
                return (loading, LabelFindings.Entry(loaded, structures: structures))
            } catch let error as DatasetError where error.isOfUnknownLabels {
                return (.unknownLabels(error), nil)
            } catch {
                return (.failed(error), nil)
            }
        }
        var findings = LabelFindings(structures: structures)
        for case (_, let entry?) in results { findings.add(entry) }
        return (results.map(\.0), findings)
    }
}
