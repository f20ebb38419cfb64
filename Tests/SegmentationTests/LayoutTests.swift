import Datasets
import Foundation
import Imaging
import NIfTI
import Networks
import Scoring
import RunFixtures
import Runs
import Scans
import Segmentation
import TestSupport
import Testing
import Torch
import UNetDesign

/// Every layout through the whole job: trained on, predicted, scored.
@TensorActor @Suite(.serialized) struct LayoutTests {
    @Test(arguments: [(Conversion.Target.nnunet, Dimensions.two), (.nnunet, .three), (.decathlon, .two)])
    func describedFolders(target: Conversion.Target, dimensions: Dimensions) async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            _ = try Conversion(Blobs.write(folder.appending(path: "blobs"), patients: 3), to: target)
                .write(to: root)
            let data = try Dataset(contentsOf: root)
            #expect(data.structures == Blobs.structures)
            let names = try await job(data, in: folder, dimensions: dimensions)
            #expect(names == ["p0", "p1", "p2"])
        }
    }

    @Test func cellTracking() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            let pictures = try Pictures.write(folder.appending(path: "discs"), count: 3, side: 32)
            for (number, item) in pictures.cases.enumerated() {
                let loaded = try pictures.load(item)
                let size = loaded.volume.geometry.extent
                for name in ["01", "01_GT/SEG"] {
                    try FileManager.default.createDirectory(
                        at: root.appending(path: name), withIntermediateDirectories: true)
                }
                try TIFFFile.write(
                    loaded.volume.voxels.map { UInt16($0) }, extent: size,
                    to: root.appending(path: "01/t00\(number).tif"))
                let labels = try #require(loaded.labels).labels
                try TIFFFile.write(
                    labels.map { $0 == 0 ? 0 : UInt16(900) }, extent: size,
                    to: root.appending(path: "01_GT/SEG/man_seg00\(number).tif"))
            }
            let names = try await job(Dataset(contentsOf: root), in: folder, dimensions: .two)
            #expect(names == ["01_t000", "01_t001", "01_t002"])
            // The folder of one sequence gives predictions that the whole dataset scores.
            let inputs = try PredictionInput.find([root.appending(path: "01")])
            #expect(inputs.map(\.stem) == names)
        }
    }

    @Test func imagesAndLabelsInFoldersOfTheirOwn() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            let blobs = try Blobs.write(folder.appending(path: "blobs"), patients: 2)
            for item in blobs.cases {
                for (name, file) in [("images", item.image), ("labels", try #require(item.reference))] {
                    let place = root.appending(path: name)
                    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                    try FileManager.default.copyItem(at: file, to: place.appending(path: "\(item.id).nii"))
                }
            }
            let names = try await job(Dataset(contentsOf: root), in: folder, dimensions: .two)
            #expect(names == ["p0", "p1"])
        }
    }

    @Test func labeledFramesOfSeries() async throws {
        try await withTemporaryDirectory { folder in
            let blobs = try Blobs.write(folder.appending(path: "blobs"), patients: 4)
            let root = folder.appending(path: "data")
            // Two hearts of three frames, of which the first and the last have labels.
            for (name, first) in [("A", 0), ("B", 2)] {
                let place = root.appending(path: name)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                let scans = try [0, 0, 1].map { try blobs.load(blobs.cases[first + $0]) }
                let voxels = scans.flatMap { $0.volume.voxels }
                let labels = try scans.enumerated().flatMap { frame, scan in
                    try #require(scan.labels).labels.map { frame == 1 ? 0 : $0 }
                }
                let (sides, spacing) = ([32, 32, 2, 3], [1.5, 1.5, 8, 1])
                try NIfTIImage(voxels: voxels, dimensions: sides, spacing: spacing)
                    .write(to: place.appending(path: "\(name)_sa.nii.gz"))
                try NIfTIImage(voxels: labels, dimensions: sides, spacing: spacing)
                    .write(to: place.appending(path: "\(name)_sa_gt.nii.gz"))
            }
            let names = try await job(Dataset(contentsOf: root), in: folder, dimensions: .two)
            #expect(names == ["A_sa_frame01", "A_sa_frame03", "B_sa_frame01", "B_sa_frame03"])
        }
    }

    /// Trains on all of `data`, predicts the folder and scores it: the names of what was scored.
    private func job(_ data: Dataset, in folder: URL, dimensions: Dimensions) async throws -> [String] {
        var plan = try Plan.suggested(for: data, dimensions: dimensions, filters: 4, depth: 2)
        plan.training.patch = PatchSize(width: 32, height: 32, depth: plan.training.patch.depth)
        plan.window = dimensions == .three ? plan.training.patch : nil
        (plan.training.epochs, plan.training.stepsPerEpoch, plan.training.batchSize) = (6, 10, 2)
        (plan.training.learningRate, plan.training.fold, plan.training.threads) = (1e-2, nil, 1)
        let run = RunFolder(folder.appending(path: "run"))
        try await TrainingJob(dataset: data, run: run).start(plan).finish()
        let output = folder.appending(path: "out")
        let inputs = try PredictionInput.find([data.root])
        let failures = try await withTensors {
            try await PredictionJob(Predictor([Model(contentsOf: run.url)]), output: output).run(inputs)
        }
        #expect(failures.isEmpty)
        let result = try EvaluationJob(predictions: output, truth: data).run()
        #expect(result.failures.isEmpty && result.unpredicted.isEmpty)
        #expect(try #require(result.evaluation.mean.foreground.dice) > 0.6)
        return result.evaluation.cases.map(\.name)
    }
}
