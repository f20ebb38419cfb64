import Datasets
import Foundation
import Imaging
import NIfTI
import Networks
import RunFixtures
import Runs
import Scans
import Segmentation
import TestSupport
import Testing
import Torch
import UNetDesign

/// The examples of the documentation, run. Those of the articles stand here word for word.
@Suite(.serialized) struct ArticleTests {
    /// Every block of Swift in an article is found in this file, line by line and in its order.
    @Test(arguments: [
        "Segmentation/Segmentation.docc/SegmentAScan.md", "Segmentation/Segmentation.docc/Train.md",
        "Networks/Networks.docc/BringYourOwnNetwork.md", "Imaging/Imaging.docc/DataAndGeometry.md",
        "Torch/Torch.docc/Torch.md",
    ])
    func examplesAreThoseOfTheArticle(_ path: String) throws {
        let here = URL(filePath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(contentsOf: root.appending(path: "Sources/\(path)"), encoding: .utf8)
        let source = words(try String(contentsOf: here, encoding: .utf8))
        let blocks = article.components(separatedBy: "```swift\n").dropFirst().map {
            words($0.components(separatedBy: "```")[0])
        }
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(source.contains(block), "\(block)") }
    }

    /// The text without indentation and line breaks.
    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func trainAndSegmentAScan() async throws {
        try await withTemporaryDirectory { folder in
            let data = folder.appending(path: "data")
            _ = try Blobs.write(data, patients: 3)
            let run = folder.appending(path: "run")
            try await train(data, run)
            let scan = data.appending(path: "p0.nii")
            let output = folder.appending(path: "p0_pred.nii.gz")
            try await segment(scan, run, output)
            #expect(output.exists)
            let predictions = folder.appending(path: "predictions")
            try await segmentFolder(data, run, predictions)
            #expect(predictions.names.filter { $0.hasSuffix("_pred.nii.gz") }.count == 3)
        }
    }

    private func segment(_ scan: URL, _ run: URL, _ output: URL) async throws {
        let model = try await Model(contentsOf: run)
        let predictor = try Predictor([model])

        let image = try NIfTIImage(contentsOf: scan)
        let volume = try Volume(image: image, frame: 0)
        let labels = try await predictor.segment(volume, keeping: .heart) { done in
            print("\(Int(done * 100)) %")
        }

        for structure in predictor.plan.structures {
            let voxels = labels.labels.count { $0 == structure.label }
            print(structure.name, Double(voxels) * labels.geometry.voxelVolume / 1000, "ml")
        }
        try NIfTIImage(labels, like: image.header).write(to: output)
    }

    private func segmentFolder(_ scans: URL, _ run: URL, _ folder: URL) async throws {
        let predictor = try Predictor([await Model(contentsOf: run)])
        let job = PredictionJob(predictor, output: folder)
        let failures = try await job.run(try PredictionInput.find([scans])) { result in
            print(result.stem)
        }
        for failure in failures { print(failure.reason) }
        #expect(failures.isEmpty)
    }

    private func train(_ data: URL, _ run: URL) async throws {
        let dataset = try Dataset(contentsOf: data)
        var plan = try Plan.suggested(for: dataset, filters: 4, depth: 2)
        plan.training.epochs = 2
        plan.training.fold = nil
        plan.training.patch = PatchSize(width: 32, height: 32)

        let job = TrainingJob(dataset: dataset, run: RunFolder(run))
        for try await event in job.start(plan) {
            switch event {
            case .step(let epoch, _, let step, let steps, let loss):
                print("epoch \(epoch), step \(step) of \(steps): loss \(loss)")
            case .finished(let summary):
                print("trained \(summary.epochs) epochs")
            default:
                break
            }
        }

        let summary = try await TrainingJob(dataset: dataset, run: RunFolder(run)).resume().finish()
        #expect(summary.epochs == 2)
    }

    @Test func bringYourOwnNetwork() async throws {
        try await withTemporaryDirectory { folder in
            let dataset = try Blobs.write(folder.appending(path: "data"), patients: 2)
            let plan = Blobs.plan(epochs: 2)
            let run = folder.appending(path: "run")

            var job = TrainingJob(dataset: dataset, run: RunFolder(run))
            job.makeNetwork = { try TwoConvolutions($0) }
            job.loss = { outputs, target, weights in try softDiceLoss(outputs[0], target) }
            try await job.start(plan).finish()

            let predictor = try await TensorActor.run {
                let network = try TwoConvolutions(plan.network)
                let weights = try Safetensors(contentsOf: RunFolder(run).last)
                try network.load(weights.tensors, path: run.path, ignoring: ["optimizer.", "random_state"])
                return try Predictor([Model(network, plan: plan)])
            }
            let scan = try dataset.load(dataset.cases[0]).volume
            #expect(try await predictor.segment(scan).geometry == scan.geometry)
            // The plan describes a U-Net, which its weights are not.
            await #expect(throws: TorchError.self) { try await Model(contentsOf: run) }
        }
    }

    final class TwoConvolutions: SegmentationNetwork {
        let first: ConvReLU
        let last: Convolution

        override init(_ configuration: NetworkConfiguration) throws(TorchError) {
            first = try ConvReLU(
                inputChannels: configuration.inputChannels, outputChannels: 8, kernelSize: [3, 3])
            last = try Convolution(
                inputChannels: 8, outputChannels: configuration.outputChannels, kernelSize: [1, 1])
            try super.init(configuration)
        }

        override func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try last(first([x])) }
    }

    @Test func dataAndGeometry() {
        let geometry = Geometry(width: 3, height: 2, depth: 2, spacing: Spacing(1.5, 1.5, 8))
        var volume = Volume(geometry: geometry, voxels: [Float](repeating: 0, count: geometry.count))
        volume.voxels[geometry.index(2, 0, 1)] = 100

        let fine = volume.resampledInPlane(toSpacing: 0.75, 0.75)
        #expect(fine.geometry.width == 6 && fine.geometry.depth == 2)

        let structures = [Structure(name: "LV", label: 3)]
        let labels = LabelMap(geometry: geometry, labels: volume.voxels.map { $0 > 50 ? 3 : 0 })
        let milliliters = Double(labels.labels.count { $0 == 3 }) * geometry.voxelVolume / 1000
        #expect(structures.count == 1 && milliliters == 0.018)
    }

    @Test func tensors() async throws {
        let mean = try await TensorActor.run {
            let x = try Tensor.normal([1, 1, 64, 64])
            return try x.mean().item()
        }
        #expect(abs(mean) < 0.1)
    }
}
