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
import Synchronization
import TestSupport
import Testing
import Torch
import UNetDesign

@TensorActor @Suite(.serialized) struct PictureTests {
    private func plan(_ data: Dataset, _ architecture: Architecture = .padded) throws -> Plan {
        var plan = try Plan.suggested(for: data, architecture: architecture, filters: 4, depth: 2)
        plan.training.epochs = 6
        plan.training.stepsPerEpoch = 8
        plan.training.batchSize = 2
        plan.training.learningRate = 1e-2
        plan.training.threads = 1
        plan.training.fold = nil
        return plan
    }

    @Test(arguments: [(Architecture.padded, false), (.padded, true), (.classic, false)])
    func areTrainedOnPredictedAndScored(architecture: Architecture, isColor: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 6, isColor: isColor)
            #expect(data.channelCount == (isColor ? 3 : 1))
            let run = RunFolder(folder.appending(path: "run"))
            var plan = try plan(data, architecture)
            plan.training.holdOut = ["4", "5"]
            plan.training.borderWeights = architecture == .classic ? BorderWeights() : nil
            plan.training.augmentation.elastic = 1
            try await TrainingJob(dataset: data, run: run).start(plan).finish()
            #expect(try run.readSplits().validation == ["4", "5"])

            let inputs = try PredictionInput.find([data.root]).filter { ["4", "5"].contains($0.stem) }
            let output = folder.appending(path: "out")
            #expect(try await predict(inputs, run: run, into: output, probabilities: true).isEmpty)
            #expect(
                output.names == [
                    "4_pred.png", "4_prob.tif", "5_pred.png", "5_prob.tif", "predictions.json",
                ])
            let picture = try PNGImage(contentsOf: output.appending(path: "4_pred.png"))
            #expect(Set(picture.samples) == [0, 255])

            let result = try EvaluationJob(predictions: output, truth: data, probabilities: output).run()
            #expect(result.failures.isEmpty)
            #expect(try #require(result.evaluation.mean.foreground.dice) > 0.8)
            #expect(result.evaluation.loss != nil)
            #expect(result.evaluation.distanceUnit == .pixel)
            #expect(result.evaluation.table().contains("HD px"))
            let again = try JSONDecoder().decode(Evaluation.self, from: result.evaluation.json())
            #expect(again.distanceUnit == .pixel)
            let membranes = try MembraneJob(probabilities: output, truth: data).run()
            #expect(membranes.unpredicted == ["0", "1", "2", "3"])
            #expect(membranes.evaluation.slices.map(\.name) == ["4", "5"])
        }
    }

    @Test func masksMayNumberTheirCells() async throws {
        try await withTemporaryDirectory { folder in
            // Two touching cells: only their numbers tell them apart, and so does the weight of the gap around them.
            let side = 32
            let ids = (0..<side * side).map { index -> UInt16 in
                let (x, y) = (index % side, index / side)
                guard 8..<24 ~= y, 4..<28 ~= x else { return 0 }
                return x < 16 ? 300 : 4000
            }
            for name in ["images", "labels"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
            }
            for number in 0..<2 {
                try PNGImage(
                    width: side, height: side, format: .gray, bytes: ids.map { $0 == 0 ? 40 : 200 }
                ).write(to: folder.appending(path: "images/\(number).png"))
                try TIFFFile.write(
                    ids, extent: Extent(width: side, height: side),
                    to: folder.appending(path: "labels/\(number).tif"))
            }
            let data = try Dataset(contentsOf: folder, instances: true)
            var plan = try plan(data)
            plan.training.borderWeights = BorderWeights()
            let loaded = try data.load(data.cases[0])
            let cells = try PreparedCase(loaded, plan: plan).weights
            let pieces = try PreparedCase(
                LoadedCase(
                    case: loaded.case, template: nil, channels: loaded.channels, storedAs: loaded.storedAs,
                    labels: loaded.labels), plan: plan
            ).weights
            // Above the seam the two cells are near each other; as one piece there is no second cell.
            let above = 6 * side + 15
            #expect(cells[above] > pieces[above] + 1)
            let run = RunFolder(folder.appending(path: "run"))
            plan.training.epochs = 1
            try await TrainingJob(dataset: data, run: run).start(plan).finish()
            #expect(try run.readPlan().structures == [Structure(name: "cell", label: 1)])
        }
    }

    @Test func touchingCellsAreNotScoredAsMembranes() throws {
        try withTemporaryDirectory { folder in
            for name in ["images", "labels", "found"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
            }
            let size = Extent(width: 4, height: 3)
            try PNGImage(width: 4, height: 3, format: .gray, bytes: [UInt8](repeating: 7, count: 12))
                .write(to: folder.appending(path: "images/a.png"))
            try TIFFFile.write(
                [UInt16](repeating: 65535, count: 12), extent: size,
                to: folder.appending(path: "found/a_prob.tif"))
            let labels = folder.appending(path: "labels/a.tif")
            @TensorActor func run(_ ids: [UInt16]) throws -> [String] {
                try TIFFFile.write(ids, extent: size, to: labels)
                let data = try Dataset(contentsOf: folder, instances: true)
                return try MembraneJob(probabilities: folder.appending(path: "found"), truth: data).run()
                    .evaluation.slices.map(\.name)
            }
            #expect(try run([1, 0, 2, 2, 1, 0, 2, 2, 1, 0, 2, 2]) == ["a"])
            for touching: [UInt16] in [
                [1, 2, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2], [1, 1, 1, 1, 0, 1, 1, 1, 2, 2, 2, 2],
            ] {
                let error = #expect(throws: SegmentationError.self) { try run(touching) }
                #expect(
                    error?.description
                        == "\(labels.relativePath): numbers cells that touch, but membranes are scored between separate pieces; leave a pixel of background between cells"
                )
            }
        }
    }

    @Test func blocksThatPartAnImageFromItsCopySaySo() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            _ = try Pictures.write(root, count: 6, side: 20)
            for name in ["image", "label"] {
                let copy = root.appending(path: "\(name)/5.png")
                try FileManager.default.removeItem(at: copy)
                try FileManager.default.copyItem(at: root.appending(path: "\(name)/0.png"), to: copy)
            }
            let data = try Dataset(contentsOf: root, structures: [Structure(name: "disc", label: 255)])
            var plan = try plan(data)
            plan.training.fold = 4
            (plan.training.epochs, plan.training.stepsPerEpoch) = (1, 1)
            let found = Mutex<[[String]]>([])
            try await TrainingJob(dataset: data, run: RunFolder(folder.appending(path: "run"))).start(plan)
                .finish {
                    event in
                    if case .sameImage(let training, let heldOut) = event {
                        found.withLock { $0.append([training, heldOut]) }
                    }
                }
            #expect(found.withLock { $0 } == [["0", "5"]])
        }
    }

    @Test func aRunGoesOnWithTheLabelsItBeganWith() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            let names = try Pictures.write(root, count: 2, side: 20)
            let objects = try Dataset(contentsOf: root, instances: true)
            var plan = try plan(objects)
            (plan.training.epochs, plan.training.stepsPerEpoch) = (1, 1)
            let run = RunFolder(folder.appending(path: "run"))
            try await TrainingJob(dataset: objects, run: run).start(plan).finish()
            let error = await #expect(throws: SegmentationError.self) {
                try await TrainingJob(dataset: names, run: run).resume().finish()
            }
            #expect(
                error?.description
                    == "\(run.url.plainPath): the run was started with instances true and cannot be resumed with false; use the same value, or start a new run in another folder"
            )
        }
    }

    @Test func pagesOfAStackAreScaledOneByOneInTrainingAndPrediction() async throws {
        try await withTemporaryDirectory { folder in
            let extent = Extent(width: 20, height: 20, depth: 3)
            var generator = SeededGenerator(seed: 3)
            // Every page brighter than the one before.
            let samples = (0..<extent.count).map { UInt16(generator.index(below: 100) + 1000 * ($0 / 400)) }
            for name in ["images", "labels"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
            }
            let stack = folder.appending(path: "images/stack.tif")
            try TIFFFile.write(samples, extent: extent, to: stack)
            try TIFFFile.write(
                samples.map { UInt16($0 % 2) }, extent: extent, to: folder.appending(path: "labels/stack.tif")
            )
            let data = try Dataset(contentsOf: folder)
            let plan = try plan(data)
            try await withTensors {
                try TorchRuntime.seed(1)
                let predictor = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
                let whole = try await predictor.probabilities(Scan(contentsOf: stack).channels()).values
                for page in 0..<3 {
                    let single = try await predictor.probabilities(data.load(data.cases[page]).channels)
                        .values
                    #expect(
                        zip(whole[page * 400..<(page + 1) * 400], single).allSatisfy { abs($0 - $1) < 1e-6 })
                }
            }
        }
    }

    @Test func probabilitiesComeBackWithin16Bits() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 1, side: 20)
            let plan = try plan(data)
            try await withTensors {
                try TorchRuntime.seed(1)
                let predictor = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
                var job = PredictionJob(predictor, output: folder.appending(path: "out"))
                job.writesProbabilities = true
                let input = PredictionInput(data.cases[0])
                #expect(try await job.run([input]).isEmpty)
                let expected = try await predictor.probabilities(data.load(data.cases[0]).channels).values
                let found = try Scan(contentsOf: folder.appending(path: "out/0_prob.tif")).channels()[0]
                    .voxels
                #expect(zip(found, expected).allSatisfy { abs($0 / 65_535 - $1) < 1e-5 })
            }
        }
    }

    @Test func channelsMustBeThoseOfTheTraining() async throws {
        try await withTemporaryDirectory { folder in
            let gray = try Pictures.write(folder.appending(path: "gray"), count: 1, side: 20)
            let color = try Pictures.write(
                folder.appending(path: "color"), count: 1, side: 20, isColor: true)
            let plan = try plan(gray)
            let failures = try await withTensors {
                try TorchRuntime.seed(1)
                let predictor = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
                return try await PredictionJob(predictor, output: folder.appending(path: "out"))
                    .run([PredictionInput(color.cases[0])])
            }
            let path = color.cases[0].image.plainPath
            #expect(
                failures.map(\.reason) == [
                    "\(path): has 3 channels, but the network was trained on 1; use images of the kind that it was trained on"
                ])
            #expect(folder.appending(path: "out").names.isEmpty)
        }
    }

    @Test func channelsInFilesOfTheirOwnMustLieOnOneGrid() async throws {
        try await withTemporaryDirectory { folder in
            for (name, spacing) in [("a_0000", 1.5), ("a_0001", 1.5004), ("b_0000", 1.5), ("b_0001", 2)] {
                try NIfTIImage(
                    voxels: (0..<800).map { Int16($0 % 37) }, dimensions: [20, 20, 2],
                    spacing: [spacing, spacing, 8]
                ).write(to: folder.appending(path: "\(name).nii"))
            }
            @TensorActor func input(_ name: String) -> PredictionInput {
                var input = PredictionInput(folder.appending(path: "\(name)_0000.nii"))
                input.urls.append(folder.appending(path: "\(name)_0001.nii"))
                return input
            }
            var plan = Blobs.plan()
            plan.network.inputChannels = 2
            let fixed = plan
            let failures = try await withTensors {
                try TorchRuntime.seed(1)
                let predictor = try Predictor([Model(fixed.network.makeNetwork(), plan: fixed)])
                return try await PredictionJob(predictor, output: folder.appending(path: "out"))
                    .run([input("a"), input("b")])
            }
            let other = folder.appending(path: "b_0001.nii").plainPath
            let first = folder.appending(path: "b_0000.nii").plainPath
            #expect(
                failures.map(\.reason) == [
                    "\(other) has voxels of 2 × 2 × 8 mm, but the first channel \(first) has voxels of 1.5 × 1.5 × 8 mm; "
                        + "use channels of one scan on one grid."
                ])
            #expect(folder.appending(path: "out").names == ["a_0000_pred.nii.gz", "predictions.json"])
        }
    }

    @Test func picturesHaveNoFrames() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 1, side: 20)
            let plan = try plan(data)
            let failures = try await withTensors {
                try TorchRuntime.seed(1)
                let predictor = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
                return try await PredictionJob(predictor, output: folder.appending(path: "out"))
                    .run([PredictionInput(data.cases[0].image, frame: 2)])
            }
            #expect(
                failures.map(\.reason) == [
                    "\(data.cases[0].image.plainPath): has no frame 3, only frame 1; choose another frame"
                ])
        }
    }

    @Test func heldOutNamesMustExist() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 2, side: 20)
            var plan = try plan(data)
            plan.training.holdOut = ["1", "7"]
            let error = await #expect(throws: SegmentationError.self) {
                try await TrainingJob(dataset: data, run: RunFolder(folder.appending(path: "run"))).start(
                    plan
                ).finish()
            }
            #expect(
                error?.description
                    == "hold out 7: \(data.root.plainPath) has no patient or image with that name; the closest are 0, 1; use names that it has"
            )
        }
    }
}
