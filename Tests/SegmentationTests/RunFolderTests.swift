import Datasets
import Foundation
import RunFixtures
import Runs
import Segmentation
import Synchronization
import TestSupport
import Testing
import Torch

/// What a run folder takes and keeps.
@TensorActor @Suite(.serialized) struct RunFolderTests {
    private func withData(_ body: (Dataset, RunFolder) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            try await body(
                try Blobs.write(folder.appending(path: "data"), patients: 2),
                RunFolder(folder.appending(path: "runs/one")))
        }
    }

    @Test func twoTrainingsKeepOutOfOneFolder() async throws {
        try await withData { data, run in
            let job = TrainingJob(dataset: data, run: run)
            let locked = SegmentationError.runLocked(path: run.url.plainPath)
            for try await event in job.start(Blobs.plan(epochs: 2)) {
                switch event {
                case .step(1, _, 1, _, _):
                    #expect(run.url.names.allSatisfy { $0.hasPrefix(".") })
                    await #expect(throws: locked) { try await job.start(Blobs.plan(epochs: 1)).finish() }
                case .epoch(let log, _) where log.rows.count == 1:
                    await #expect(throws: locked) { try await job.resume().finish() }
                default: break
                }
            }
            #expect(
                run.url.names == [
                    "curves.svg", "last.safetensors", "log.csv", "plan.json", "splits.json", "summary.json",
                ])
            #expect(try await job.resume().finish().epochs == 2)
        }
    }

    /// Trains until `isLast` says that an event is the last one, and cancels the task then.
    private func stop(_ training: TrainingEvents, _ isLast: @escaping @Sendable (TrainingEvent) -> Bool) async
    {
        let task = Task {
            try await training.finish { event in
                if isLast(event) { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: SegmentationError.stopped) { try await task.value }
    }

    @Test func whatStopsBeforeTheFirstStepLeavesNoFolder() async throws {
        try await withData { data, run in
            let job = TrainingJob(dataset: data, run: run)
            let task = Task { try await job.start(Blobs.plan(epochs: 2)).finish() }
            task.cancel()
            await #expect(throws: SegmentationError.stopped) { try await task.value }
            #expect(!run.url.deletingLastPathComponent().exists)
            await stop(job.start(Blobs.plan(epochs: 2))) {
                if case .started = $0 { true } else { false }
            }
            #expect(!run.url.deletingLastPathComponent().exists)
        }
    }

    /// 3 epochs of 2 steps. After the last step of an epoch the epoch is finished first.
    @Test(arguments: [(epoch: 1, step: 1), (1, 2), (2, 1), (2, 2), (3, 1)])
    func whatStopsAfterAStepIsResumedToTheSameWeights(epoch: Int, step: Int) async throws {
        try await withData { data, run in
            let whole = RunFolder(run.url.deletingLastPathComponent().appending(path: "whole"))
            try await TrainingJob(dataset: data, run: whole).start(Blobs.plan(epochs: 3)).finish()
            let job = TrainingJob(dataset: data, run: run)
            await stop(job.start(Blobs.plan(epochs: 3))) {
                if case .step(epoch, _, step, _, _) = $0 { true } else { false }
            }
            let done = step == 2 ? [epoch, 0] : [epoch - 1, step]
            #expect(run.epochsDone == done[0])
            var resumed: [Int] = []
            let summary = try await job.resume().finish {
                if case .resumed(let epochs, let steps) = $0 { resumed = [epochs, steps] }
            }
            #expect(resumed == done)
            #expect(summary.epochs == 3)
            #expect(try Checkpoints(run.url).last == Checkpoints(whole.url).last)
            #expect(try Checkpoints(run.url).log == Checkpoints(whole.url).log)
        }
    }

    @Test func leavingTheLoopEndsTheTraining() async throws {
        try await withData { data, run in
            let job = TrainingJob(dataset: data, run: run)
            for try await event in job.start(Blobs.plan(epochs: 100)) {
                if case .epoch = event { break }
            }
            // The folder is let go once the step that was under way is done.
            while true {
                do {
                    _ = try run.lock().release()
                    break
                } catch SegmentationError.runLocked {
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            #expect(run.epochsDone < 100)
        }
    }

    /// What a kill in the middle of writing the first epoch may leave.
    @Test func aRunWithoutAFinishedEpochIsStartedAnewOrResumed() async throws {
        try await withData { data, run in
            let job = TrainingJob(dataset: data, run: run)
            try await job.start(Blobs.plan(epochs: 1)).finish()
            let weights = try Checkpoints(run.url).last
            @TensorActor func forget() throws {
                for file in [run.last, run.log, run.summary] {
                    try FileManager.default.removeItem(at: file)
                }
            }
            try forget()
            let anew = Mutex<[String]>([])
            try await job.start(Blobs.plan(epochs: 1)).finish { event in
                if case .startedAnew(let path) = event { anew.withLock { $0.append(path) } }
            }
            #expect(anew.withLock { $0 } == [run.url.plainPath])
            #expect(try Checkpoints(run.url).last == weights)
            try forget()
            #expect(try await job.resume().finish().epochs == 1)
            #expect(try Checkpoints(run.url).last == weights)
        }
    }

    @Test(arguments: ["last.safetensors", "best.safetensors", "log.csv", "summary.json"])
    func resultsWithoutAPlanAreNotReplaced(name: String) async throws {
        try await withData { data, run in
            try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
            let file = run.url.appending(path: name)
            try Data("precious".utf8).write(to: file)
            #expect(
                await #expect(throws: SegmentationError.self) {
                    try await TrainingJob(dataset: data, run: run).start(Blobs.plan(epochs: 1)).finish()
                }?.description
                    == "\(file.plainPath): would be overwritten, and its run cannot be resumed without plan.json; choose another folder"
            )
            #expect(run.url.names == [name])
            #expect(try Data(contentsOf: file) == Data("precious".utf8))
        }
    }

    /// A weights file of a few kB may say that it belongs to a network of 2 GB.
    @Test func weightsAreComparedBeforeTheNetworkIsMade() async throws {
        try await withData { data, run in
            try await TrainingJob(dataset: data, run: run).start(Blobs.plan(epochs: 1)).finish()
            let text = try String(contentsOf: run.plan, encoding: .utf8)
                .replacing("\"filters\" : 4", with: "\"filters\" : 1024")
                .replacing("\"depth\" : 2", with: "\"depth\" : 2")
            try Data(text.utf8).write(to: run.plan)
            let before = peakMemory()
            for attempt in [
                { try await withTensors { _ = try Model(contentsOf: run.url) } },
                { _ = try await TrainingJob(dataset: data, run: run).resume().finish() },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: TorchError.self) { try await attempt() }
                #expect(
                    error?.description.hasSuffix(
                        "has shape [4, 1, 3, 3], but the plan's network needs [1024, 1, 3, 3]; use weights and a plan from the same run"
                    ) == true)
            }
            #expect(peakMemory() - before < 500_000_000)
        }
    }

    /// The most bytes of memory that this process has had at a time.
    private func peakMemory() -> Int {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss * 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #endif
    }
}

/// What is said where a choice leaves nothing to train on.
@TensorActor @Suite(.serialized) struct TrainingChoiceTests {
    private func message(_ data: Dataset, _ folder: URL, _ change: (inout Plan) -> Void) async -> String? {
        var plan = Blobs.plan(epochs: 1)
        change(&plan)
        let run = RunFolder(folder.appending(path: "run"))
        let error = await #expect(throws: SegmentationError.self) {
            try await TrainingJob(dataset: data, run: run).start(plan).finish()
        }
        #expect(!run.url.exists)
        return error?.description
    }

    @Test func namesThatAreNotThereAreAnsweredWithTheNearest() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 12)
            #expect(
                await message(data, folder) { $0.training.holdOut = ["p1x", "p3", "q9"] }
                    == "hold out p1x, q9: \(data.root.plainPath) has no patient or image with that name; the closest are p1, p10, p11; use names that it has"
            )
        }
    }

    @Test func phasesThatNoCaseHas() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            let data = try Blobs.write(root, patients: 2)
            #expect(
                await message(data, folder) { $0.training.phases = .ed }
                    == "\(data.root.plainPath): no case has a known phase, so phases ed selects nothing; use both, or state the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
            )
            for name in ["p0", "p1"] {
                for ending in ["", "_gt"] {
                    try FileManager.default.moveItem(
                        at: root.appending(path: "\(name)\(ending).nii"),
                        to: root.appending(path: "\(name)_ED\(ending).nii"))
                }
            }
            let named = try Dataset(contentsOf: root)
            #expect(
                await message(named, folder) { $0.training.phases = .es }
                    == "\(data.root.plainPath): phases es selects no case to train on, because all known phases are ED; use another phase, or both"
            )
        }
    }
}
