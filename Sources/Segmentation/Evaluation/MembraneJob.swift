import Datasets
import Foundation
import Imaging
import NIfTI
import Scoring

/// Scores probabilities of cells by the measures of the ISBI-2012 challenge, slice by slice.
public struct MembraneJob {
    /// Folder of `X_prob.tif` or `X_prob.nii.gz`, as `unet predict --probabilities` writes it.
    public let probabilities: URL
    /// The data set with the references, of one structure: cells, between which membranes lie.
    public let truth: DataSet

    /// A job that compares the files in `probabilities` with the references of `truth`.
    public init(probabilities: URL, truth: DataSet) {
        self.probabilities = probabilities
        self.truth = truth
    }

    /// Scores every case that has probabilities, in the order of the data set.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` where the data set has more than one structure or no
    ///   probabilities are there; errors of the files; `MembraneError`.
    public func run() throws -> MembraneEvaluation {
        guard truth.structures.count == 1 else {
            throw SegmentationError.nothingToEvaluate(
                path: truth.root.path(percentEncoded: false),
                reason:
                    "has \(truth.structures.count) structures, and membranes are scored between cells of one; name it with --structures"
            )
        }
        var slices: [MembraneScore] = []
        for item in truth.cases where item.reference != nil {
            guard let map = try probabilityMap(item.id) else { continue }
            guard let labels = try truth.load(item).labels else { continue }
            guard map.channels == 1 else {
                throw SegmentationError.nothingToEvaluate(
                    path: probabilities.path(percentEncoded: false),
                    reason:
                        "holds probabilities of \(map.channels) classes for \(item.id), and membranes are scored between cells of one; give those of a network for one structure"
                )
            }
            let extent = labels.geometry.extent
            guard map.geometry.extent == extent else {
                throw MembraneError.differentSize(
                    name: item.id, expected: extent.count, found: map.geometry.count)
            }
            let slice = Extent(width: extent.width, height: extent.height)
            for z in 0..<extent.depth {
                let range = z * slice.count..<(z + 1) * slice.count
                slices.append(
                    try MembraneScore(
                        name: extent.depth == 1 ? item.id : "\(item.id) slice \(z + 1)",
                        probabilities: Array(map.values[range]), truth: Array(labels.labels[range]),
                        size: slice))
            }
        }
        guard !slices.isEmpty else {
            throw SegmentationError.nothingToEvaluate(
                path: probabilities.path(percentEncoded: false),
                reason:
                    "holds no probabilities (X_prob.tif) of the data set's cases; give the folder that unet predict --probabilities wrote"
            )
        }
        return MembraneEvaluation(slices: slices)
    }

    private func probabilityMap(_ name: String) throws -> ProbabilityMap? {
        let picture = probabilities.appending(path: "\(name)_prob.tif")
        if FileManager.default.fileExists(atPath: picture.path(percentEncoded: false)) {
            return try ProbabilityMap(picture: picture, channels: 1)
        }
        let volume = probabilities.appending(path: "\(name)_prob.nii.gz")
        guard FileManager.default.fileExists(atPath: volume.path(percentEncoded: false)) else { return nil }
        return try ProbabilityMap(image: NIfTIImage(contentsOf: volume))
    }
}
