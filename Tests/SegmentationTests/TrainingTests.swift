import Datasets
import Foundation
import Imaging
import RunFixtures
import Runs
import Segmentation
import Synchronization
import TestSupport
import Testing
import Torch
import UNetDesign

@TensorActor @Suite(.serialized) struct TrainingTests {
    /// Copies the run folder when `event` is reached: what a kill -9 at that moment would leave.
    private func train(
        _ data: Dataset, _ plan: Plan, into folder: URL, copying copies: [URL],
        at moments: @escaping (TrainingEvent) -> Int?
    ) async throws {
        let run = RunFolder(folder)
        try await TrainingJob(dataset: data, run: run).start(plan).finish { event in
            guard let index = moments(event) else { return }
            try? FileManager.default.copyItem(at: folder, to: copies[index])
        }
    }

    @Test func aTinyNetworkLearnsTwoSlices() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 1)
            var plan = Blobs.plan(epochs: 100)
            plan.training.augmentation = .none
            let run = RunFolder(folder.appending(path: "run"))
            let summary = try await TrainingJob(dataset: data, run: run).start(plan).finish()
            #expect(summary.epochs == 100)
            #expect(summary.slices == 200)
            #expect(summary.finalMeanDice == nil)

            let predictions = folder.appending(path: "predictions")
            let failures = try await predict(
                data.cases.map { PredictionInput($0) }, run: run, into: predictions)
            #expect(failures.isEmpty)
            let result = try EvaluationJob(predictions: predictions, truth: data).run()
            for structure in Blobs.structures {
                let dice = try #require(result.evaluation.mean.structures[structure.name]?.dice?.mean)
                #expect(dice > 0.95, "\(structure.name)")
            }
        }
    }

    @Test(arguments: [false, true]) func resumingGivesTheSameBits(averaging: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 6)
            var plan = Blobs.plan(epochs: 4)
            plan.training.fold = 0
            if averaging {
                plan.training.weightAveraging = 0.9
                plan.training.gradientNorm = 0.5
                plan.training.warmUp = 1.5
                plan.training.schedule = .polynomial
            }
            let whole = folder.appending(path: "whole")
            // In the first epoch, after the second one, and in the middle of the fourth.
            let copies = (0..<3).map { folder.appending(path: "copy\($0)") }
            try await train(data, plan, into: whole, copying: copies) { event in
                switch event {
                case .step(1, _, 2, _, _): 0
                case .epoch(let log, _): log.rows.count == 2 ? 1 : nil
                case .step(4, _, 3, _, _): 2
                default: nil
                }
            }
            for (copy, epochsDone) in zip(copies, [nil, 2, 3] as [Int?]) {
                let run = RunFolder(copy)
                let resumed = Mutex<Int?>(nil)
                // Before the first epoch is finished there is nothing to resume.
                #expect(run.holdsRun == (epochsDone != nil))
                let job = TrainingJob(dataset: data, run: run)
                if epochsDone == nil { try await job.start(plan).finish() }
                try await job.resume().finish { event in
                    if case .resumed(let epochs, _) = event { resumed.withLock { $0 = epochs } }
                    if case .threadsChanged = event { Issue.record("the threads are the same") }
                }
                #expect(resumed.withLock { $0 } == epochsDone ?? 4)
                let (one, other) = (try Checkpoints(whole), try Checkpoints(copy))
                #expect(one.last == other.last)
                #expect(one.best == other.best)
                #expect(one.log == other.log)
                #expect(try Data(contentsOf: run.plan) == Data(contentsOf: RunFolder(whole).plan))
            }
        }
    }

    /// Also where libtorch's own operations take part: norms of residual blocks, deep supervision, losses.
    @Test(
        arguments: [
            { _ in }, { $0.network.norm = .instance },
            { plan in
                plan.network.architecture = .residual
                plan.network.deepSupervision = true
            },
            { plan in
                plan.network = NetworkConfiguration(
                    architecture: .residual, dimensions: .three, outputChannels: 3, filters: 4, depth: 1,
                    norm: .instance, poolings: [[1, 2, 2]], kernels: [[1, 3, 3], [3, 3, 3]])
                plan.network.deepSupervision = true
                plan.training.patch = PatchSize(width: 96, height: 96, depth: 2)
                plan.window = plan.training.patch
            },
        ] as [@Sendable (inout Plan) -> Void])
    func anyNumberOfThreadsGivesTheSameWeights(change: @Sendable (inout Plan) -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 4, side: 96)
            var plan = Blobs.plan(epochs: 1)
            plan.training.patch = PatchSize(width: 96, height: 96)
            plan.training.batchSize = 3
            plan.training.gradientNorm = 0.1
            plan.training.weightAveraging = 0.9
            change(&plan)
            var found: [[String: Data]] = []
            for threads in [1, 2, 3] {
                plan.training.threads = threads
                let run = RunFolder(folder.appending(path: "run\(threads)"))
                try await TrainingJob(dataset: data, run: run).start(plan).finish()
                found.append(
                    try Safetensors(contentsOf: run.last).tensors.mapValues { Data(try $0.bytes()) })
            }
            #expect(found[0] == found[1])
            #expect(found[0] == found[2])
        }
    }

    @Test func theAverageFollowsTheWeights() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            var plan = Blobs.plan(epochs: 2)
            plan.training.weightAveraging = 0.35
            plan.training.stepsPerEpoch = 1
            plan.training.epochs = 4
            let short = folder.appending(path: "short")
            let copies = (0..<3).map { folder.appending(path: "short\($0)") }
            try await train(data, plan, into: short, copying: copies) { event in
                if case .epoch(let log, _) = event, log.rows.count < 4 { log.rows.count - 1 } else { nil }
            }
            let files = try (copies + [short]).map { try Safetensors(contentsOf: RunFolder($0).last).tensors }
            for step in 2...4 {
                // 3/12, 4/13, and 5/14, which the plan's decay limits.
                let decay = min(0.35, Double(1 + step) / Double(10 + step))
                let (before, after) = (files[step - 2], files[step - 1])
                for (name, trained) in after where name.hasPrefix("trained.") {
                    let name = String(name.dropFirst("trained.".count))
                    let old = try #require(before[name]).array(of: Float.self)
                    let new = try #require(after[name]).array(of: Float.self)
                    for (value, (old, weight)) in zip(new, zip(old, try trained.array(of: Float.self))) {
                        let expected = decay * Double(old) + (1 - decay) * Double(weight)
                        #expect(abs(Double(value) - expected) <= 1e-6 * max(1, abs(expected)), "\(name)")
                    }
                }
            }
            // A model is the average, and what is trained goes on without it.
            let model = try Model(contentsOf: short)
            #expect(model.plan.training.weightAveraging == 0.35)
            let last = try #require(files.last)
            #expect(
                last.contains { name, tensor in
                    guard let trained = last["trained.\(name)"] else { return false }
                    return (try? tensor.array(of: Float.self) != trained.array(of: Float.self)) ?? false
                })
        }
    }

    @Test func theTrainingItselfIsTheSameWithAndWithoutAnAverage() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            var plan = Blobs.plan(epochs: 2)
            let (plain, averaged) = (folder.appending(path: "plain"), folder.appending(path: "averaged"))
            try await TrainingJob(dataset: data, run: RunFolder(plain)).start(plan).finish()
            plan.training.weightAveraging = 0.5
            try await TrainingJob(dataset: data, run: RunFolder(averaged)).start(plan).finish()
            let one = try Safetensors(contentsOf: RunFolder(plain).last).tensors
            let other = try Safetensors(contentsOf: RunFolder(averaged).last).tensors
            let names = other.keys.filter { $0.hasPrefix("trained.") }
            #expect(!names.isEmpty)
            for name in names {
                let weight = try #require(one[String(name.dropFirst("trained.".count))])
                #expect(try weight.array(of: Float.self) == other[name]?.array(of: Float.self), "\(name)")
            }
        }
    }

    @Test func casesInMemoryTrainAsThoseOnDisk() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 5)
            var plan = Blobs.plan(epochs: 3)
            plan.training.fold = 0
            let disk = RunFolder(folder.appending(path: "disk"))
            try await TrainingJob(dataset: data, run: disk).start(plan).finish()

            let heldOut = Set(try disk.readSplits().validation)
            let cases = try data.cases.map { item in
                let loaded = try data.load(item)
                return (
                    item,
                    TrainingCase(
                        name: item.id, channels: loaded.channels, labels: try #require(loaded.labels))
                )
            }
            let run = RunFolder(folder.appending(path: "memory"))
            let job = TrainingJob(
                training: cases.filter { !heldOut.contains($0.0.patient) }.map(\.1),
                validation: cases.filter { heldOut.contains($0.0.patient) }.map(\.1), run: run)
            let summary = try await job.start(plan).finish()
            #expect(summary.finalMeanDice != nil)
            // Only the plan inside differs, by who is held out.
            let (one, other) = (try Safetensors(contentsOf: disk.last), try Safetensors(contentsOf: run.last))
            #expect(one.tensors.count == other.tensors.count)
            for (name, tensor) in one.tensors where !name.hasPrefix("random_state") {
                #expect(try tensor.bytes() == other.tensors[name]?.bytes(), "\(name)")
            }
            #expect(try run.readSplits().validation == cases.map(\.1.name).filter { heldOut.contains($0) })
            // It can be resumed, and not with other cases.
            #expect(try await job.resume().finish().epochs == 3)
            let gone = TrainingJob(training: [cases[0].1], run: run)
            await #expect(throws: SegmentationError.self) { try await gone.resume().finish() }
        }
    }

    @Test func casesInMemoryAreChecked() async throws {
        let grid = Geometry(width: 32, height: 32, depth: 1, spacing: Spacing(1.5, 1.5, 8))
        let volume = Volume(geometry: grid, voxels: (0..<1024).map { Float($0 % 37) })
        let labels = LabelMap(geometry: grid, labels: (0..<1024).map { UInt8($0 % 3) })
        let good = TrainingCase(name: "a", channels: [volume], labels: labels)
        func error(_ cases: [TrainingCase]) async throws -> String {
            try await withTemporaryDirectory { folder in
                let run = RunFolder(folder.appending(path: "run"))
                let error = await #expect(throws: (any Error).self) {
                    try await TrainingJob(training: cases, run: run).start(Blobs.plan(epochs: 1)).finish()
                }
                #expect(!run.url.exists)
                return "\(error.map { "\($0)" } ?? "")"
            }
        }
        #expect(try await error([]).hasPrefix("the cases: there is nothing to train on, because "))
        #expect(try await error([good, good]) == "the cases: lists a twice; list each name once")
        var bad = good
        bad.channels = [volume, volume]
        #expect(try await error([bad]).hasPrefix("a: has 2 channels, but the network was trained on 1"))
        bad = good
        bad.channels[0].voxels[5] = .nan
        #expect(try await error([bad]).hasPrefix("a has 1 NaN or infinite pixels"))
        bad = good
        bad.labels.labels[7] = 9
        #expect(try await error([bad]).hasPrefix("a has the label 9, but the dataset's are 0 (background)"))
        bad = good
        bad.labels = LabelMap(
            geometry: Geometry(width: 16, height: 32, depth: 1, spacing: Spacing(1.5, 1.5, 8)),
            labels: [UInt8](repeating: 0, count: 512))
        #expect(try await error([bad]).contains("its labels"))
    }

    @Test func aBudgetPicksTheEpochs() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 5)
            var plan = Blobs.plan(epochs: 1)
            plan.training.fold = 0
            let run = RunFolder(folder.appending(path: "run"))
            var job = TrainingJob(dataset: data, run: run)
            job.budget = .seconds(3600)
            var picked: Int?
            for try await event in job.start(plan) {
                if case .budgeted(let epochs, let seconds) = event {
                    picked = epochs
                    #expect(epochs <= Int(3600 / seconds))
                }
                if case .epoch(_, let epochs) = event {
                    #expect(epochs == picked)
                    break
                }
            }
            #expect(try run.readPlan().training.epochs == picked)
        }
    }

    @Test func aBudgetTooShortForAnEpochIsRefused() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            let run = RunFolder(folder.appending(path: "run"))
            var job = TrainingJob(dataset: data, run: run)
            job.budget = .nanoseconds(1)
            let error = await #expect(throws: SegmentationError.self) {
                try await job.start(Blobs.plan()).finish()
            }
            guard case .shortBudget(let seconds, let epoch) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(seconds < 1e-8 && epoch > 0)
            #expect(!run.url.exists)
        }
    }

    @Test func runFolderHoldsWhatItShould() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 5)
            var plan = Blobs.plan(epochs: 2)
            plan.training.fold = 1
            let run = RunFolder(folder.appending(path: "run"))
            let summary = try await TrainingJob(dataset: data, run: run).start(plan).finish()
            #expect(
                run.url.names == [
                    "best.safetensors", "curves.svg", "last.safetensors", "log.csv", "plan.json",
                    "splits.json", "summary.json",
                ])
            plan.training.instances = false
            plan.training.seen = SeenScans(try data.cases.map { try data.load($0).volume.geometry })
            #expect(plan.training.seen != nil)
            #expect(try run.readPlan() == plan)
            let splits = try run.readSplits()
            #expect(splits.validation == (try Folds(of: data)).validation(1))
            #expect(splits.validationCases == splits.validation)
            #expect(Set(splits.training).union(splits.validation) == Set(data.patients.map(\.id)))
            #expect(Set(splits.training).isDisjoint(with: splits.validation))
            #expect(
                try JSONDecoder().decode(TrainingSummary.self, from: Data(contentsOf: run.summary)) == summary
            )
            let lines = try String(contentsOf: run.log, encoding: .utf8).split(separator: "\n")
            #expect(
                lines[0]
                    == "epoch,learning_rate,training_loss,validation_dice_CORE,validation_dice_RING,validation_dice_mean,slices,seconds"
            )
            #expect(lines.count == 3)
            #expect(lines[2].hasPrefix("2,"))
            // A finished run has nothing left to do, and mends a log that was lost.
            try FileManager.default.removeItem(at: run.log)
            let before = try Checkpoints.parts(run.last)
            let again = try await TrainingJob(dataset: data, run: run).resume().finish()
            #expect(again.epochs == 2)
            #expect(again.finalMeanDice == summary.finalMeanDice)
            #expect(try Checkpoints.parts(run.last) == before)
            #expect(try String(contentsOf: run.log, encoding: .utf8).split(separator: "\n") == lines)
        }
    }

    @Test(arguments: KernelChoice.allCases)
    func otherThreadsAreReportedWhereTheyMatter(kernels: KernelChoice) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            let copy = folder.appending(path: "copy")
            var plan = Blobs.plan(epochs: 2)
            plan.training.kernels = kernels
            try await train(data, plan, into: folder.appending(path: "run"), copying: [copy]) {
                if case .epoch(let log, _) = $0, log.rows.count == 1 { 0 } else { nil }
            }
            let changes = Mutex<[[Int]]>([])
            let job = TrainingJob(dataset: data, run: RunFolder(copy))
            try await job.resume(threads: 2).finish { event in
                if case .threadsChanged(let from, let to) = event {
                    changes.withLock { $0.append([from, to]) }
                }
            }
            #expect(changes.withLock { $0 } == (kernels == .libtorch ? [[1, 2]] : []))
            await #expect(
                throws: SegmentationError.badSetting(
                    .of(\.training.threads), value: "0",
                    rule: .limits(try #require(PlanSetting.of(\.training.threads).limits)))
            ) {
                try await job.resume(threads: 0).finish()
            }
        }
    }

    @Test func labelsThatTheDescriptionDoesNotNameEndTheTrainingBeforeItBegins() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            _ = try Blobs.write(root, patients: 3)
            try Data(#"{"labels": {"CORE": 1}}"#.utf8).write(to: root.appending(path: "labels.json"))
            let run = RunFolder(folder.appending(path: "run"))
            let plan = Blobs.plan(structures: [Structure(name: "CORE", label: 1)])
            let error = await #expect(throws: SegmentationError.self) {
                try await TrainingJob(dataset: Dataset(contentsOf: root), run: run).start(plan).finish()
            }
            #expect(
                error?.description
                    == "\(root.appending(path: "p0_gt.nii").relativePath) has the label 2, but the dataset's are 0 (background), 1; correct the file, or name its labels in labels.json. 2 other label files are like this; an audit lists them"
            )
            #expect(!run.url.exists)
        }
    }

    @Test func oneImageOnBothSidesOfAHandMadeSplitIsReported() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            _ = try Blobs.write(root, patients: 4)
            for ending in ["", "_gt"] {
                let copy = root.appending(path: "p3\(ending).nii")
                try FileManager.default.removeItem(at: copy)
                try FileManager.default.copyItem(at: root.appending(path: "p1\(ending).nii"), to: copy)
            }
            func reported(_ names: [String], run: String) async throws -> [[String]] {
                var plan = Blobs.plan(epochs: 1)
                plan.training.holdOut = names
                let found = Mutex<[[String]]>([])
                try await TrainingJob(
                    dataset: try Dataset(contentsOf: root), run: RunFolder(folder.appending(path: run))
                ).start(plan).finish { event in
                    if case .sameImage(let training, let heldOut) = event {
                        found.withLock { $0.append([training, heldOut]) }
                    }
                }
                return found.withLock { $0 }
            }
            #expect(try await reported(["p3"], run: "one") == [["p1", "p3"]])
            #expect(try await reported(["p1", "p3"], run: "both") == [])
        }
    }

    @Test func caseThatCannotBeReadIsLeftOutAndReported() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            _ = try Blobs.write(root, patients: 3)
            try Data("nothing".utf8).write(to: root.appending(path: "p1.nii"))
            try FileManager.default.removeItem(at: root.appending(path: "p2_gt.nii"))
            let data = try Dataset(contentsOf: root)
            let skipped = Mutex<[String: String]>([:])
            try await TrainingJob(dataset: data, run: RunFolder(folder.appending(path: "run")))
                .start(Blobs.plan(epochs: 1)).finish { event in
                    if case .skipped(let name, let error) = event {
                        skipped.withLock { $0[name] = String(describing: error) }
                    }
                }
            let found = skipped.withLock { $0 }
            #expect(Set(found.keys) == ["p1", "p2"])
            #expect(found["p1"]?.contains("p1.nii") == true)
            #expect(found["p2"]?.hasSuffix("p2.nii: has no ground truth") == true)
        }
    }
}

/// What a run's files hold, but for the seconds, which no two runs share.
struct Checkpoints {
    let last: [String: Data]
    let best: Data?
    let log: [[Substring]]

    init(_ folder: URL) throws {
        let run = RunFolder(folder)
        last = try Checkpoints.parts(run.last)
        best = try? Data(contentsOf: run.best)
        log = try String(contentsOf: run.log, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).dropLast()
        }
    }

    /// Header without the log's seconds, and all bytes after the header.
    static func parts(_ file: URL) throws -> [String: Data] {
        let data = try Data(contentsOf: file)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = String(decoding: data[8..<8 + length], as: UTF8.self)
            .replacing(#/\\"seconds\\":[-+.eE0-9]+/#, with: "")
            .trimmingCharacters(in: .whitespaces)
        return ["header": Data(header.utf8), "tensors": data[(8 + length)...]]
    }
}
