import Datasets
import Foundation

/// The patients of a run: `splits.json`.
public struct Splits: Codable, Sendable, Equatable {
    /// The held-out fold, or nil for none.
    public var fold: Int?
    /// Patients trained on.
    public var training: [String]
    /// Patients held out.
    public var validation: [String]
    /// The held-out cases that validation scores: those of the plan's phases with readable labels. Nil in runs of an
    /// older version.
    public var validationCases: [String]?

    /// Creates splits from the names of patients to train on and to hold out.
    public init(fold: Int? = nil, training: [String], validation: [String]) {
        self.fold = fold
        self.training = training
        self.validation = validation
    }

    /// Reads splits from a file, such as the `splits.json` of a run.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing or damaged.
    public init(contentsOf url: URL) throws(SegmentationError) { self = try url.readJSON(Splits.self) }
}

extension Splits {
    /// Splits the patients of `dataset` according to `plan`.
    ///
    /// - Throws: `SegmentationError.tooFewPatients`, `.unknownPatients`.
    package init(of dataset: Dataset, plan: Plan) throws {
        let path = dataset.root.path(percentEncoded: false)
        let patients = dataset.patients.map(\.id)
        let heldOut = Set(plan.training.holdOut)
        guard heldOut.isEmpty else {
            let unknown = heldOut.subtracting(patients).sorted()
            guard unknown.isEmpty else {
                throw SegmentationError.unknownPatients(
                    path: path, names: unknown, nearest: patients.nearest(to: unknown[0], count: 3))
            }
            self.init(
                training: patients.filter { !heldOut.contains($0) },
                validation: patients.filter(heldOut.contains))
            return
        }
        guard let fold = plan.training.fold else {
            self.init(training: patients, validation: [])
            return
        }
        let folds: Folds
        do { folds = try Folds(of: dataset, count: plan.training.foldCount) } catch {
            guard case .tooFewPatients(let found, let count) = error else { throw error }
            throw SegmentationError.tooFewPatients(path: path, found: found, folds: count)
        }
        self.init(fold: fold, training: folds.training(fold), validation: folds.validation(fold))
    }

    /// Checks that these splits fit `dataset`.
    ///
    /// - Parameters:
    ///   - dataset: the dataset.
    ///   - path: the name of the splits in errors.
    /// - Throws: `SegmentationError.badSplits` for names that the dataset does not have, for names listed twice, and if
    ///   there are no patients to train on.
    public func check(fits dataset: Dataset, path: String = "the splits") throws(SegmentationError) {
        let patients = dataset.patients.map(\.id)
        let names = training + validation
        let known = Set(patients)
        let unknown = names.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw .badSplits(
                path: path,
                .unknown(
                    names: unknown, dataset: dataset.root.path(percentEncoded: false),
                    nearest: patients.nearest(to: unknown[0], count: 3)))
        }
        var seen: Set<String> = []
        if let name = names.first(where: { !seen.insert($0).inserted }) {
            throw .badSplits(path: path, .repeated(name: name))
        }
        guard !training.isEmpty else { throw .badSplits(path: path, .nobody) }
    }
}

extension TrainingPlan {
    /// Records the patients held out by `splits`, which replace the plan's fold.
    package mutating func take(_ splits: Splits) {
        fold = splits.fold.flatMap { (0..<foldCount).contains($0) ? $0 : nil }
        holdOut = fold == nil ? splits.validation : []
    }
}

extension Splits {
    /// A side of a split.
    public enum Side: String, Sendable, CaseIterable {
        /// Patients held out.
        case validation
        /// Patients trained on.
        case training
    }

    /// Returns the patients of one side.
    public func patients(_ side: Side) -> [String] {
        switch side {
        case .validation: validation
        case .training: training
        }
    }

    /// Returns the patients that all of `runs` have on one side: for an ensemble, only patients that no model has seen
    /// are held out.
    ///
    /// - Throws: `SegmentationError.nobodyInAllSplits` if several runs have no patient in common, `.unreadable` if a
    ///   run has no splits.
    public static func patients(_ side: Side, ofAll runs: [RunFolder]) throws -> Set<String> {
        let lists = try runs.map { Set(try $0.readSplits().patients(side)) }
        let common = lists.dropFirst().reduce(lists.first ?? []) { $0.intersection($1) }
        guard !common.isEmpty || runs.count < 2 else {
            throw SegmentationError.nobodyInAllSplits(runs: runs.map(\.url.relativePath), side: side)
        }
        return common
    }
}
