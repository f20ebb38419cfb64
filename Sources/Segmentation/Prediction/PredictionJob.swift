import Datasets
import Foundation
import Imaging
import NIfTI
import Runs
import Scans

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
    /// Which connected components of the predictions are kept.
    public var componentRule = ComponentRule.all

    /// One frame that was segmented.
    public struct Segmented: Sendable {
        /// Where it came from.
        public let input: PredictionInput
        /// The frame in the file, from 0.
        public let frame: Int
        /// Whether the input is a series, of which this is one frame of several.
        public let isOfSeries: Bool
        /// The scan.
        public let volume: Volume
        /// Its labels.
        public let labels: LabelMap
        /// What the component rule has removed of each structure; structures that lost nothing are left out.
        public let removals: [ComponentRemoval]

        /// Start of the names of what is made of this frame: the input's, and of a series the frame's, such as
        /// `patient001_frame04`, counted from 1.
        public var stem: String { isOfSeries ? input.stem.named(frame: frame + 1) : input.stem }
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
    /// - Parameter each: called with every frame of an input once its prediction is written; an error it throws counts
    ///   as that input's.
    /// - Returns: the inputs that failed.
    /// - Throws: where the output folder cannot be made, holds predictions of other structures
    ///   (`SegmentationError.otherStructures`), or its `predictions.json` cannot be read or written.
    public func run(_ inputs: [PredictionInput], each: (Segmented) throws -> Void = { _ in }) throws
        -> [Failure]
    {
        try output.makeFolder()
        // Before the first prediction, so that a killed process leaves none without names.
        let manifest = try PredictionManifest.begin(
            inputs.map(\.stem), of: predictor.plan.structures, keeping: componentRule, in: output)
        var failures: [Failure] = []
        var written: [String: [String: Int]] = [:]
        for input in inputs {
            do { try segment(input, written: &written[input.stem], each: each) } catch {
                failures.append(
                    Failure(path: input.url.path(percentEncoded: false), reason: String(describing: error)))
            }
        }
        try manifest.end(written: written)
        return failures
    }

    /// Segments `input`.
    ///
    /// - Parameter written: the voxels that were removed, by structure, once the prediction is written.
    private func segment(
        _ input: PredictionInput, written: inout [String: Int]?, each: (Segmented) throws -> Void
    ) throws {
        let scan = try InputScan(
            input, channels: predictor.plan.network.inputChannels,
            allowsMisplaced: predictor.plan.training.allowsMisplaced, check: predictor.check)
        guard scan.frames.count == 1 || !writesProbabilities else {
            throw SegmentationError.probabilitiesOfSeries(
                path: input.url.path(percentEncoded: false), frames: scan.frames.count)
        }
        // Of a series the labels of all frames stand in memory, no larger than the file, and the rest frame by frame.
        var labels: [UInt8] = []
        var removals: [[ComponentRemoval]] = []
        for frame in scan.frames {
            let probabilities = try predictor.probabilities(scan.channels(ofFrame: frame))
            let found = try predictor.labels(of: probabilities)
            let structures = predictor.plan.structures
            let result = found.keeping(componentRule, of: structures.map(\.label))
            labels += result.labels
            removals.append(result.removals(from: found, of: structures))
            if writesProbabilities { try write(probabilities, of: scan, input) }
        }
        try write(labels, of: scan, input)
        written = Dictionary(
            removals.joined().map { ($0.structure.name, $0.removed) }, uniquingKeysWith: +)
        let size = scan.geometry.count
        for (number, frame) in scan.frames.enumerated() {
            try each(
                Segmented(
                    input: input, frame: frame, isOfSeries: scan.frames.count > 1,
                    volume: scan.channels(ofFrame: frame)[0],
                    labels: LabelMap(
                        geometry: scan.geometry, labels: Array(labels[number * size..<(number + 1) * size])),
                    removals: removals[number]))
        }
    }

    private func write(_ probabilities: ProbabilityMap, of scan: InputScan, _ input: PredictionInput) throws {
        let file = output.appending(path: input.probabilitiesName)
        if let template = scan.template {
            try NIfTIImage(probabilities, like: template).naming(predictor.plan.structures)
                .write(to: file)
        } else {
            try probabilities.writePicture(to: file)
        }
    }

    private func write(_ labels: [UInt8], of scan: InputScan, _ input: PredictionInput) throws {
        let file = output.appending(path: input.predictionName(slices: scan.geometry.depth))
        if let template = scan.template {
            try NIfTIImage(labels: labels, frames: scan.frames.count, like: template)
                .naming(predictor.plan.structures).write(to: file)
        } else {
            try LabelMap(geometry: scan.geometry, labels: labels).writePicture(to: file)
        }
    }
}
