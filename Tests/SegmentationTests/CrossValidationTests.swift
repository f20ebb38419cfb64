import Datasets
import Foundation
import Imaging
import RunFixtures
import Runs
import Scans
import Segmentation
import TestSupport
import Testing
import Torch

@TensorActor @Suite(.serialized) struct CrossValidationTests {
    /// Six patients in three folds, learned in a few steps.
    private func withJob(
        mirrored: Bool = true, _ body: (CrossValidationJob, Plan) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 6)
            var plan = Blobs.plan(epochs: 20)
            plan.training.foldCount = 3
            plan.training.weightAveraging = 0.5
            plan.training.augmentation.flipProbability = mirrored ? 0.5 : 0
            let job = CrossValidationJob(
                dataset: data, folder: CrossValidationFolder(folder.appending(path: "cv")))
            try await body(job, plan)
        }
    }

    @Test func everyPatientIsPredictedByTheNetworkThatHasNotSeenThem() async throws {
        try await withJob { job, plan in
            var summary: CrossValidationSummary?
            var trained: [Int] = []
            let isComplete = try await job.run(plan) { event in
                switch event {
                case .training(let fold, .finished): trained.append(fold)
                case .finished(let found, let result):
                    summary = found
                    #expect(result.failures.isEmpty && result.unpredicted.isEmpty)
                    #expect(result.evaluation.cases.count == 6)
                default: break
                }
            }
            #expect(isComplete && trained == [0, 1, 2])
            let folder = job.folder
            #expect(
                folder.url.names == [
                    "crossvalidation.json", "evaluation.csv", "evaluation.json", "fold0", "fold1", "fold2",
                    "folds.json", "model", "plan.json", "predictions",
                ])
            #expect(
                folder.model.names == [
                    "fold0.safetensors", "fold1.safetensors", "fold2.safetensors", "model.json",
                ])
            let folds = try folder.readFolds()
            #expect(folds.folds.joined().sorted() == job.dataset.patients.map(\.id).sorted())
            for fold in 0..<3 {
                let splits = try folder.run(fold).readSplits()
                #expect(splits.validation == folds.validation(fold) && splits.fold == fold)
                #expect(Set(splits.training).isDisjoint(with: splits.validation))
            }
            let found = try #require(summary)
            #expect(
                try JSONDecoder().decode(CrossValidationSummary.self, from: Data(contentsOf: folder.summary))
                    == found)
            // Plain and mirrored, each with three rules.
            #expect(found.candidates.count == 6 && found.cases == 6 && found.foldDice.count == 3)
            let best = try #require(found.candidates.map(\.meanDice).max())
            #expect(found.chosen.meanDice >= best - 0.0005)
            #expect(found.candidates.prefix { $0 != found.chosen }.allSatisfy { $0.meanDice < best - 0.0005 })
            let description = try #require(try ModelDescription(in: folder.model))
            #expect(description.isMirrored == found.chosen.isMirrored)
            #expect(description.components == found.chosen.components)
        }
    }

    @Test func itContinuesWhereItWas() async throws {
        try await withJob { job, plan in
            var first = job
            first.folds = [1]
            #expect(try await !first.run(plan))
            #expect(!FileManager.default.fileExists(atPath: job.folder.summary.plainPath))
            let weights = try Data(contentsOf: job.folder.run(1).last)
            var trained: Set<Int> = []
            #expect(
                try await job.run(Blobs.plan(epochs: 99)) { event in
                    if case .training(let fold, _) = event { trained.insert(fold) }
                })
            #expect(trained == [0, 2])
            #expect(try Data(contentsOf: job.folder.run(1).last) == weights)
            // The folder's own plan counts.
            #expect(try job.folder.run(2).readPlan().training.epochs == 20)
            // A third time, only the scores are made again.
            let before = try Data(contentsOf: job.folder.evaluation)
            try FileManager.default.removeItem(at: job.folder.evaluation)
            #expect(
                try await job.run(plan) { event in
                    if case .training = event { Issue.record("all folds are trained") }
                })
            #expect(try Data(contentsOf: job.folder.evaluation) == before)
        }
    }

    @Test func aFoldThatAnotherProcessTrainsIsLeftToIt() async throws {
        try await withJob { job, plan in
            let lock = try job.folder.run(0).lock()
            defer { lock.release() }
            var elsewhere: [Int] = []
            let isComplete = try await job.run(plan) { event in
                if case .elsewhere(let fold) = event { elsewhere.append(fold) }
            }
            #expect(!isComplete && elsewhere == [0])
        }
    }

    @Test func theModelFolderIsTheMeanOfItsNetworks() async throws {
        try await withJob { job, plan in
            _ = try await job.run(plan)
            let volume = try Scan(contentsOf: job.dataset.cases[0].image).channels()[0]
            var description = try #require(try ModelDescription(in: job.folder.model))
            description.isMirrored = false
            description.members[1].weight = 3
            try JSONEncoder().encode(description).write(
                to: job.folder.model.appending(path: ModelDescription.fileName))
            let together = try await Predictor.load([job.folder.model]).probabilities(volume)
            var sum = [Float](repeating: 0, count: together.values.count)
            for (fold, weight) in zip(0..<3, [1, 3, 1] as [Float]) {
                let model = try Model(contentsOf: job.folder.run(fold).url)
                let alone = try await Predictor([model]).probabilities(volume)
                for (index, value) in alone.values.enumerated() { sum[index] += weight / 5 * value }
            }
            // Kernels are stored in half precision.
            for (one, other) in zip(together.values, sum) { #expect(abs(one - other) < 1e-3) }
            let full = try Data(contentsOf: job.folder.run(0).best).count
            #expect(
                try Data(contentsOf: job.folder.model.appending(path: "fold0.safetensors")).count < full)

            let fast = try await Predictor.load([job.folder.model], effort: .fast).probabilities(volume)
            let first = try await Predictor([Model(contentsOf: job.folder.run(0).url)]).probabilities(volume)
            for (one, other) in zip(fast.values, first.values) { #expect(abs(one - other) < 1e-3) }
        }
    }

    @Test func aMirroredPredictionIsTheMeanOfThoseOfMirroredScans() async throws {
        try await withJob { job, plan in
            var first = job
            first.folds = [0]
            _ = try await first.run(plan)
            let volume = try Scan(contentsOf: job.dataset.cases[0].image).channels()[0]
            let model = try Model(contentsOf: job.folder.run(0).url)
            let plain = try Predictor([model])
            let size = volume.geometry
            func mirrored(_ values: [Float], x: Bool, y: Bool) -> [Float] {
                (0..<values.count).map { index in
                    let (column, rest) = (index % size.width, index / size.width)
                    let (row, plane) = (rest % size.height, rest / size.height)
                    let (c, r) = (x ? size.width - 1 - column : column, y ? size.height - 1 - row : row)
                    return values[(plane * size.height + r) * size.width + c]
                }
            }
            var sum = [Float](repeating: 0, count: plan.network.outputChannels * size.count)
            for (x, y) in [(false, false), (true, false), (false, true), (true, true)] {
                var copy = volume
                copy.voxels = mirrored(volume.voxels, x: x, y: y)
                let found = try await plain.probabilities(copy).values
                for (index, value) in mirrored(found, x: x, y: y).enumerated() { sum[index] += value / 4 }
            }
            let averaged = try await Predictor([model], isMirrored: true).probabilities(volume)
            for (one, other) in zip(averaged.values, sum) { #expect(abs(one - other) < 1e-5) }
        }
    }

    @Test func networksThatNeverSawMirroredSamplesAreNotMirrored() async throws {
        try await withJob(mirrored: false) { job, plan in
            var summary: CrossValidationSummary?
            _ = try await job.run(plan) { if case .finished(let found, _) = $0 { summary = found } }
            #expect(summary?.candidates.contains { $0.isMirrored } == false)
            let model = try Model(contentsOf: job.folder.run(0).url)
            #expect(throws: SegmentationError.notMirrored(model: job.folder.run(0).url.plainPath)) {
                try Predictor([model], isMirrored: true)
            }
        }
    }
}

@Suite struct ModelDescriptionTests {
    private let valid =
        #"{"formatVersion":1,"name":"a","members":[{"file":"x.safetensors","weight":1}],"isMirrored":false,"components":"all"}"#

    @Test(
        arguments: [
            ("", "", nil),
            (
                #""formatVersion":1"#, #""formatVersion":2"#,
                "its format version is 2, but this program reads version 1"
            ),
            (#"{"file":"x.safetensors","weight":1}"#, "", "it lists no networks"),
            ("x.safetensors", "../x", "its member “../x” is not the name of a file in the same folder"),
            (#""weight":1"#, #""weight":0"#, "the weight of its member “x.safetensors” is not positive"),
            (#""components":"all","#, "", nil),
            (#""isMirrored":false,"#, "", "“isMirrored” is missing"),
            ("{", "", "it is not JSON"),
        ] as [(String, String, String?)])
    func saysWhatIsWrong(text: String, replacement: String, reason: String?) throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: ModelDescription.fileName)
            #expect(try ModelDescription(in: folder) == nil)
            try Data(valid.replacing(text.isEmpty ? "\0" : text, with: replacement).utf8).write(to: file)
            guard let reason else {
                #expect(try ModelDescription(in: folder)?.members.count == 1)
                return
            }
            let error = #expect(throws: SegmentationError.self) { try ModelDescription(in: folder) }
            #expect(
                error?.description
                    == "\(file.plainPath): cannot be used (\(reason)); restore it from a backup, or train again"
            )
        }
    }
}
