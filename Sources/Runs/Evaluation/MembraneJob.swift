import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import Scoring

/// Scores probabilities of cells with the metrics of the ISBI 2012 challenge, slice by slice.
public struct MembraneJob {
    /// The folder of `X_prob.tif` or `X_prob.nii.gz` files, as `PredictionJob.writesProbabilities` produces them.
    public let probabilities: URL
    /// The dataset with the references, of one structure: the cells between which the membranes lie.
    public let truth: Dataset

    /// Creates a job that compares the files in `probabilities` with the references of `truth`.
    public init(probabilities: URL, truth: Dataset) {
        self.probabilities = probabilities
        self.truth = truth
    }

    /// The result of scoring.
    public struct Result: Sendable {
        /// The scores.
        public let evaluation: MembraneEvaluation
        /// Cases of the dataset with a reference but no probabilities.
        public let unpredicted: [String]
    }

    /// Scores every case that has probabilities, in the order of the dataset.
    ///
    /// - Throws: `SegmentationError.nothingToEvaluate` if the dataset has more than one structure or touching cells
    ///   (which only their numbers tell apart, whereas the challenge scores connected pieces), or if there are no
    ///   probabilities; `.otherCells` if the probabilities are of another structure; errors of the files;
    ///   `MembraneError`.
    public func run() throws -> Result {
        guard truth.structures.count == 1 else {
            throw SegmentationError.nothingToEvaluate(
                path: truth.root.path(percentEncoded: false), .severalStructures(truth.structures.count))
        }
        let manifest = try PredictionManifest(in: probabilities)
        var slices: [MembraneScore] = []
        var unpredicted: [String] = []
        for item in truth.cases {
            guard let reference = item.reference else { continue }
            guard let (map, carried) = try probabilityMap(item.id) else {
                unpredicted.append(item.id)
                continue
            }
            let listed = manifest.flatMap { $0.cases.contains(item.id) ? $0.structures : nil }
            if let predicted = carried ?? listed,
                LabelMatching(predicted: predicted, reference: truth.structures) == nil
            {
                throw SegmentationError.otherCells(
                    path: probabilities.path(percentEncoded: false), predicted: predicted,
                    truth: truth.root.path(percentEncoded: false), known: truth.structures)
            }
            guard let (labels, instances) = try item.loadLabels(structures: truth.structures) else {
                continue
            }
            guard
                instances.map({
                    !$0.touch(width: labels.geometry.width, plane: labels.geometry.sliceCount)
                }) ?? true
            else {
                throw SegmentationError.nothingToEvaluate(path: reference.relativePath, .touchingCells)
            }
            guard map.channels == 1 else {
                throw SegmentationError.nothingToEvaluate(
                    path: probabilities.path(percentEncoded: false),
                    .severalClasses(map.channels, case: item.id))
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
                path: probabilities.path(percentEncoded: false), .noProbabilities)
        }
        return Result(evaluation: MembraneEvaluation(slices: slices), unpredicted: unpredicted)
    }

    /// Returns the probabilities of a case and the structures that their file names; nil if there is no file.
    private func probabilityMap(_ name: String) throws -> (map: ProbabilityMap, structures: [Structure]?)? {
        let picture = probabilities.appending(path: "\(name)_prob.tif")
        if FileManager.default.fileExists(atPath: picture.path(percentEncoded: false)) {
            return (try ProbabilityMap(picture: picture, channels: 1), nil)
        }
        let volume = probabilities.appending(path: "\(name)_prob.nii.gz")
        guard FileManager.default.fileExists(atPath: volume.path(percentEncoded: false)) else { return nil }
        let image = try NIfTIImage(contentsOf: volume)
        return (try ProbabilityMap(image: image), image.header.structures)
    }
}

extension [UInt16] {
    /// Returns whether two different nonzero numbers are neighbors in a row or column of slices of `plane` pixels,
    /// `width` in a row.
    fileprivate func touch(width: Int, plane: Int) -> Bool {
        indices.contains { index in
            func differs(_ other: Int) -> Bool { self[other] != 0 && self[other] != self[index] }
            guard self[index] != 0 else { return false }
            let isFirstRow = index % plane < width
            return (index % width > 0 && differs(index - 1)) || (!isFirstRow && differs(index - width))
        }
    }
}
