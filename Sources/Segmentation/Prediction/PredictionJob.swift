import Datasets
import Foundation
import Imaging
import NIfTI
import Runs
import Scans

/// A job that segments images into a folder of labels and, optionally, probabilities.
///
/// A file that fails does not stop the others, and nothing is written for it.
public struct PredictionJob: Sendable {
    /// The predictor.
    public let predictor: Predictor
    /// The folder of `<stem>_pred.nii.gz` and `<stem>_prob.nii.gz`; for pictures, `<stem>_pred.png` (`.tif` for stacks)
    /// and `<stem>_prob.tif`.
    public let output: URL
    /// Whether to write probabilities too, as float32 with the classes along the fourth dimension.
    public var writesProbabilities = false
    /// The connected components of the predictions to keep.
    public var componentRule = ComponentRule.all

    /// A segmented frame.
    public struct Segmented: Sendable {
        /// The input of the frame.
        public let input: PredictionInput
        /// The frame in the file, from 0.
        public let frame: Int
        /// Whether the input is a series of several frames, of which this is one.
        public let isOfSeries: Bool
        /// The scan.
        public let volume: Volume
        /// Its labels.
        public let labels: LabelMap
        /// What the component rule removed from each structure; structures that lost nothing are omitted.
        public let removals: [ComponentRemoval]

        /// The start of the names of this frame's outputs: the input's, or for a series the frame's, such as
        /// `patient001_frame04`, counted from 1.
        public var stem: String { isOfSeries ? input.stem.named(frame: frame + 1) : input.stem }
    }

    /// An input that could not be segmented.
    public struct Failure: Sendable {
        /// The file.
        public let path: String
        /// The reason.
        public let error: any Error

        /// A sentence that names the file.
        public var reason: String { String(describing: error) }
    }

    /// Creates a job that writes into `output`, which is created if it is missing.
    public init(_ predictor: Predictor, output: URL) {
        self.predictor = predictor
        self.output = output
    }

    /// Segments `inputs` in order. While one is segmented, the next is read and the previous one is written.
    ///
    /// - Parameters:
    ///   - inputs: the images to segment.
    ///   - isolation: the caller's actor.
    ///   - each: called with every frame of an input after its prediction is written; an error that it throws counts as
    ///     the input's.
    /// - Returns: The inputs that failed.
    /// - Throws: An error if the output folder cannot be created, holds predictions of other structures
    ///   (`SegmentationError.otherStructures`), or its `predictions.json` cannot be read or written;
    ///   `CancellationError` if the task is canceled, with the images segmented until then in the folder.
    public func run(
        _ inputs: [PredictionInput], isolation: isolated (any Actor)? = #isolation,
        each: (Segmented) throws -> Void = { _ in }
    ) async throws -> [Failure] {
        try output.makeFolder()
        // Written before the first prediction, so that a killed process leaves none without names.
        let manifest = try PredictionManifest.begin(
            inputs.map(\.stem), of: predictor.plan.structures, keeping: componentRule, in: output)
        var failures: [Failure] = []
        var written: [String: [String: Int]] = [:]
        func finish(_ input: PredictionInput, _ result: Result<Labeled, any Error>) {
            do {
                let labeled = try result.get()
                try write(labeled, input)
                written[input.stem] = Dictionary(
                    labeled.removals.joined().map { ($0.structure.name, $0.removed) }, uniquingKeysWith: +)
                try report(labeled, input, each)
            } catch is CancellationError {
            } catch {
                failures.append(
                    Failure(path: input.url.path(percentEncoded: false), error: error))
            }
        }
        var scan = await read(inputs.first)
        var previous: (input: PredictionInput, result: Result<Labeled, any Error>)?
        for (index, input) in inputs.enumerated() where !Task.isCancelled {
            async let next = read(index + 1 < inputs.count ? inputs[index + 1] : nil)
            async let labeled = label(scan, input)
            if let previous { finish(previous.input, previous.result) }
            previous = (input, await labeled)
            scan = await next
        }
        if let previous { finish(previous.input, previous.result) }
        try manifest.end(written: written)
        try Task.checkCancellation()
        return failures
    }

    /// A scan with the concatenated labels of its frames.
    private struct Labeled: Sendable {
        let scan: InputScan
        var labels: [UInt8] = []
        var removals: [[ComponentRemoval]] = []
        /// Nil unless probabilities are to be written.
        var probabilities: ProbabilityMap?
    }

    private func read(_ input: PredictionInput?) async -> Result<InputScan, any Error>? {
        guard let input else { return nil }
        return Result {
            let scan = try InputScan(
                input, channels: predictor.plan.network.inputChannels,
                allowsMisplaced: predictor.allowsMisplaced, check: predictor.check)
            guard scan.frames.count == 1 || !writesProbabilities else {
                throw SegmentationError.probabilitiesOfSeries(
                    path: input.url.path(percentEncoded: false), frames: scan.frames.count)
            }
            return scan
        }
    }

    /// Labels the frames of a scan. The labels of all frames of a series are kept in memory, where they are no larger
    /// than the file; everything else is processed frame by frame.
    private func label(_ scan: Result<InputScan, any Error>?, _ input: PredictionInput) async -> Result<
        Labeled, any Error
    > {
        do {
            guard let scan = try scan?.get() else { preconditionFailure("a scan for every input") }
            var labeled = Labeled(scan: scan)
            var prepared = try predictor.prepare(scan.channels(ofFrame: scan.frames.lowerBound))
            for frame in scan.frames {
                async let next = frame == scan.frames.upperBound ? nil : prepare(scan, frame: frame + 1)
                let found: LabelMap
                if writesProbabilities {
                    let probabilities = try await predictor.probabilities(prepared)
                    found = try predictor.labels(of: probabilities)
                    labeled.probabilities = probabilities
                } else {
                    found = try await predictor.labels(prepared)
                }
                let structures = predictor.plan.structures
                let result = found.keeping(componentRule, of: structures.map(\.label))
                labeled.labels += result.labels
                labeled.removals.append(result.removals(from: found, of: structures))
                if let next = try await next { prepared = next }
            }
            return .success(labeled)
        } catch {
            return .failure(error)
        }
    }

    private func prepare(_ scan: InputScan, frame: Int) async throws -> Predictor.Prepared {
        try predictor.prepare(scan.channels(ofFrame: frame))
    }

    private func write(_ labeled: Labeled, _ input: PredictionInput) throws {
        if let probabilities = labeled.probabilities { try write(probabilities, of: labeled.scan, input) }
        try write(labeled.labels, of: labeled.scan, input)
    }

    private func report(_ labeled: Labeled, _ input: PredictionInput, _ each: (Segmented) throws -> Void)
        throws
    {
        let (scan, size) = (labeled.scan, labeled.scan.geometry.count)
        for (number, frame) in scan.frames.enumerated() {
            let labels = Array(labeled.labels[number * size..<(number + 1) * size])
            try each(
                Segmented(
                    input: input, frame: frame, isOfSeries: scan.frames.count > 1,
                    volume: scan.channels(ofFrame: frame)[0],
                    labels: LabelMap(geometry: scan.geometry, labels: labels),
                    removals: labeled.removals[number]))
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
