import Foundation

extension Splits {
    /// The two sides of a split.
    public enum Side: String, Sendable, CaseIterable {
        /// Patients held out.
        case validation
        /// Patients trained on.
        case training
    }

    /// The patients of one side.
    public func patients(_ side: Side) -> [String] {
        switch side {
        case .validation: validation
        case .training: training
        }
    }

    /// The patients whom all of `runs` have on one side: of an ensemble only those are held out whom no model has seen.
    ///
    /// - Throws: `SegmentationError.nobodyInAllSplits` where several runs have nobody in common, `.unreadable` where a
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
