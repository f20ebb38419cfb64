import Foundation
import Imaging
import NIfTI

/// Segments images into a folder: labels, and where asked probabilities.
///
/// A file that fails does not stop the others; nothing is written for it. Belongs to the tensor thread.
public struct PredictionJob {
    /// What segments.
    public let predictor: Predictor
    /// Where `<stem>_pred.nii.gz` and `<stem>_prob.nii.gz` go; of pictures `<stem>_pred.png` (of stacks of them `.tif`)
    /// and `<stem>_prob.tif`.
    public let output: URL
    /// Whether probabilities are written too, float32, a class after the other along the fourth dimension.
    public var writesProbabilities = false
    /// Whether of each structure only the largest component is kept.
    public var keepsLargest = false

    /// One frame that was segmented.
    public struct Segmented: Sendable {
        /// Where it came from.
        public let input: PredictionInput
        /// The frame in the file, from 0.
        public let frame: Int
        /// The scan.
        public let volume: Volume
        /// Its labels.
        public let labels: LabelMap
    }

    /// An input that could not be segmented, and why.
    public struct Failure: Sendable, Equatable {
        /// The file.
        public let path: String
        /// A sentence that names the file.
        public let reason: String
    }

    /// A job that writes into `output`, which is made where it is missing.
    public init(_ predictor: Predictor, output: URL) {
        self.predictor = predictor
        self.output = output
    }

    /// Segments `inputs` one after the other.
    ///
    /// - Parameter each: called after every frame, before the next; an error it throws counts as that input's.
    /// - Returns: the inputs that failed.
    /// - Throws: where the output folder cannot be made, holds predictions of other structures
    ///   (`SegmentationError.otherStructures`), or its `predictions.json` cannot be read or written.
    public func run(_ inputs: [PredictionInput], each: (Segmented) throws -> Void = { _ in }) throws
        -> [Failure]
    {
        try output.makeFolder()
        // Before the first prediction, so that a killed process leaves none without names.
        let manifest = try PredictionManifest.begin(
            inputs.map(\.stem), of: predictor.plan.structures, in: output)
        var failures: [Failure] = []
        var failed: [String] = []
        for input in inputs {
            do { try segment(input, each: each) } catch {
                failed.append(input.stem)
                failures.append(
                    Failure(path: input.url.path(percentEncoded: false), reason: String(describing: error)))
            }
        }
        try manifest.end(without: failed)
        return failures
    }

    private func segment(_ input: PredictionInput, each: (Segmented) throws -> Void) throws {
        let scan = try InputScan(
            input, channels: predictor.plan.network.inputChannels, check: predictor.check)
        guard scan.frames.count == 1 || !writesProbabilities else {
            throw SegmentationError.probabilitiesOfSeries(
                path: input.url.path(percentEncoded: false), frames: scan.frames.count)
        }
        var labels: [UInt8] = []
        var probabilities: ProbabilityMap?
        var segmented: [Segmented] = []
        for (number, channels) in scan.frames.enumerated() {
            let map = try predictor.probabilities(channels)
            let result = predictor.labels(of: map, keepLargest: keepsLargest)
            labels += result.labels
            segmented.append(
                Segmented(
                    input: input, frame: scan.firstFrame + number, volume: channels[0], labels: result))
            probabilities = map
        }
        let slices = segmented[0].labels.geometry.depth
        let prediction = output.appending(path: input.predictionName(slices: slices))
        if writesProbabilities, let probabilities {
            let file = output.appending(path: input.probabilitiesName)
            if let pattern = scan.pattern {
                try NIfTIImage(probabilities, like: pattern.header).naming(predictor.plan.structures)
                    .write(to: file)
            } else {
                try probabilities.writePicture(to: file)
            }
        }
        if let pattern = scan.pattern {
            try NIfTIImage(labels: labels, frames: scan.frames.count, like: pattern.header)
                .naming(predictor.plan.structures).write(to: prediction)
        } else {
            try segmented[0].labels.writePicture(to: prediction)
        }
        for result in segmented { try each(result) }
    }
}
