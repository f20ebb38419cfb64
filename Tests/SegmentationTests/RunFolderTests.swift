import Datasets
import Foundation
import Segmentation
import Synchronization
import TestSupport
import Testing
import Torch

/// What a run folder takes and keeps.
@Suite(.serialized) struct RunFolderTests {
    private func withData(_ body: (DataSet, RunFolder) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            try body(
                try Blobs.write(folder.appending(path: "data"), patients: 2),
                RunFolder(folder.appending(path: "runs/one")))
        }
    }

    @Test func twoTrainingsKeepOutOfOneFolder() throws {
        try withData { data, run in
            let job = TrainingJob(dataSet: data, run: run)
            let locked = SegmentationError.runLocked(path: run.url.plainPath)
            try job.start(Blobs.plan(epochs: 2)) { event in
                switch event {
                case .step(1, _, 1, _, _):
                    #expect(run.url.names.allSatisfy { $0.hasPrefix(".") })
                    #expect(throws: locked) { try job.start(Blobs.plan(epochs: 1)) }
                case .epoch(let log, _) where log.rows.count == 1:
                    #expect(throws: locked) { try job.resume() }
                default: break
                }
            }
            #expect(
                run.url.names == [
                    "last.safetensors", "log.csv", "plan.json", "splits.json", "summary.json",
                ])
            #expect(try job.resume().epochs == 2)
        }
    }

    @Test func whatStopsBeforeTheFirstEpochLeavesNoFolder() throws {
        try withData { data, run in
            var job = TrainingJob(dataSet: data, run: run)
            let stops = Mutex(false)
            job.shouldStop = { stops.withLock { $0 } }
            #expect(throws: SegmentationError.stopped) {
                try job.start(Blobs.plan(epochs: 2)) { event in
                    if case .step = event { stops.withLock { $0 = true } }
                }
            }
            #expect(!run.url.deletingLastPathComponent().exists)
            // Nor does what stops while it reads the data.
            #expect(throws: SegmentationError.stopped) { try job.start(Blobs.plan(epochs: 2)) }
            #expect(!run.url.deletingLastPathComponent().exists)
        }
    }

    @Test func whatStopsLaterCanBeResumedToTheSameWeights() throws {
        try withData { data, run in
            let whole = RunFolder(run.url.deletingLastPathComponent().appending(path: "whole"))
            try TrainingJob(dataSet: data, run: whole).start(Blobs.plan(epochs: 3))
            var job = TrainingJob(dataSet: data, run: run)
            let stops = Mutex(false)
            job.shouldStop = { stops.withLock { $0 } }
            #expect(throws: SegmentationError.stopped) {
                try job.start(Blobs.plan(epochs: 3)) { event in
                    if case .step(2, _, _, _, _) = event { stops.withLock { $0 = true } }
                }
            }
            #expect(run.epochsDone == 1)
            stops.withLock { $0 = false }
            #expect(try job.resume().epochs == 3)
            #expect(try Checkpoints(run.url).last == Checkpoints(whole.url).last)
        }
    }

    /// What a kill in the middle of writing the first epoch may leave.
    @Test func aRunWithoutAFinishedEpochIsStartedAnewOrResumed() throws {
        try withData { data, run in
            let job = TrainingJob(dataSet: data, run: run)
            try job.start(Blobs.plan(epochs: 1))
            let weights = try Checkpoints(run.url).last
            func forget() throws {
                for file in [run.last, run.log, run.summary] {
                    try FileManager.default.removeItem(at: file)
                }
            }
            try forget()
            let anew = Mutex<[String]>([])
            try job.start(Blobs.plan(epochs: 1)) { event in
                if case .startedAnew(let path) = event { anew.withLock { $0.append(path) } }
            }
            #expect(anew.withLock { $0 } == [run.url.plainPath])
            #expect(try Checkpoints(run.url).last == weights)
            try forget()
            #expect(try job.resume().epochs == 1)
            #expect(try Checkpoints(run.url).last == weights)
        }
    }

    @Test(arguments: ["last.safetensors", "best.safetensors", "log.csv", "summary.json"])
    func resultsWithoutAPlanAreNotReplaced(name: String) throws {
        try withData { data, run in
            try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
            let file = run.url.appending(path: name)
            try Data("precious".utf8).write(to: file)
            #expect(
                #expect(throws: SegmentationError.self) {
                    try TrainingJob(dataSet: data, run: run).start(Blobs.plan(epochs: 1))
                }?.description
                    == "\(file.plainPath): would be overwritten, and its run cannot be resumed without plan.json; choose another --output"
            )
            #expect(run.url.names == [name])
            #expect(try Data(contentsOf: file) == Data("precious".utf8))
        }
    }

    /// A weights file of a few kB may say that it belongs to a network of 2 GB.
    @Test func weightsAreComparedBeforeTheNetworkIsMade() throws {
        try withData { data, run in
            try TrainingJob(dataSet: data, run: run).start(Blobs.plan(epochs: 1))
            let text = try String(contentsOf: run.plan, encoding: .utf8)
                .replacing("\"filters\" : 4", with: "\"filters\" : 1024")
                .replacing("\"depth\" : 2", with: "\"depth\" : 2")
            try Data(text.utf8).write(to: run.plan)
            let before = peakMemory()
            for attempt in [
                { try TensorThread.run { _ = try Model(contentsOf: run.url) } },
                { _ = try TrainingJob(dataSet: data, run: run).resume() },
            ] as [() throws -> Void] {
                let error = #expect(throws: TorchError.self) { try attempt() }
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
@Suite(.serialized) struct TrainingChoiceTests {
    private func message(_ data: DataSet, _ folder: URL, _ change: (inout Plan) -> Void) -> String? {
        var plan = Blobs.plan(epochs: 1)
        change(&plan)
        let run = RunFolder(folder.appending(path: "run"))
        let error = #expect(throws: SegmentationError.self) {
            try TrainingJob(dataSet: data, run: run).start(plan)
        }
        #expect(!run.url.exists)
        return error?.description
    }

    @Test func namesThatAreNotThereAreAnsweredWithTheNearest() throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 12)
            #expect(
                message(data, folder) { $0.training.holdOut = ["p1x", "p3", "q9"] }
                    == "--hold-out p1x, q9: \(data.root.plainPath) has no patient or image with that name; the closest are p1, p10, p11; run “unet check --json” to list all names"
            )
        }
    }

    @Test func phasesThatNoCaseHas() throws {
        try withTemporaryDirectory { folder in
            let root = folder.appending(path: "data")
            let data = try Blobs.write(root, patients: 2)
            #expect(
                message(data, folder) { $0.training.phases = .ed }
                    == "\(data.root.plainPath): no case has a known phase, so --phases ed selects nothing; use --phases both, or state the phases in Info.cfg or in file names such as X_ED.nii.gz and X_ES.nii.gz"
            )
            for name in ["p0", "p1"] {
                for ending in ["", "_gt"] {
                    try FileManager.default.moveItem(
                        at: root.appending(path: "\(name)\(ending).nii"),
                        to: root.appending(path: "\(name)_ED\(ending).nii"))
                }
            }
            let named = try DataSet(contentsOf: root)
            #expect(
                message(named, folder) { $0.training.phases = .es }
                    == "\(data.root.plainPath): --phases es selects no case to train on, because all known phases are ED; use another phase, or --phases both"
            )
        }
    }
}
