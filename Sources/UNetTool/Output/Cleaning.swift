import Foundation
import Imaging
import Runs
import Segmentation

/// What a component rule did to predictions, as a person is told of it.
struct Cleaning {
    /// The rule.
    var rule: ComponentRule
    private var voxels = 0
    private var scans: Set<PredictionInput> = []

    init(rule: ComponentRule) { self.rule = rule }

    /// Counts what was removed from a frame, and gives a warning for each structure of which nothing is left.
    mutating func note(_ result: PredictionJob.Segmented) -> [String] {
        guard !result.removals.isEmpty else { return [] }
        scans.insert(result.input)
        voxels += result.removals.reduce(0) { $0 + $1.removed }
        let frame = result.isOfSeries ? ", frame \(result.frame + 1)" : ""
        return result.removals.filter(\.isComplete).map { removal in
            "\(result.input.url.path(percentEncoded: false))\(frame): \(removal.structure.name) was removed entirely "
                + "(\(counted(removal.removed))), because it is separate from the rest of the heart; look at the scan, or "
                + "use --keep largest to keep it"
        }
    }

    /// A line on the rule and what it removed in all; nil where all components stay.
    var summary: String? {
        let kept: String
        switch rule {
        case .all: return nil
        case .largest: kept = "kept the largest component of each structure"
        case .heart:
            kept =
                "kept the heart (the largest component of all structures together) and the largest component of each structure within it"
        }
        return voxels == 0
            ? "\(kept); nothing was removed"
            : "\(kept); removed \(counted(voxels)) from \(scans.count) scan\(scans.count == 1 ? "" : "s")"
    }

    private func counted(_ voxels: Int) -> String { "\(voxels) voxel\(voxels == 1 ? "" : "s")" }
}
