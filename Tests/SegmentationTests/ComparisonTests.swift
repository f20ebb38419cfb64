import Datasets
import Foundation
import Imaging
import RunFixtures
import Runs
import Segmentation
import TestSupport
import Testing
import Torch

@TensorActor @Suite(.serialized) struct ComparisonTests {
    @Test func runsStandSideBySide() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            for (name, heldOut, epochs) in [("one", "p0", 1), ("two", "p0", 2), ("other", "p1", 1)] {
                var plan = Blobs.plan(epochs: epochs)
                plan.training.holdOut = [heldOut]
                try await TrainingJob(dataset: data, run: RunFolder(folder.appending(path: name))).start(plan)
                    .finish()
            }
            let comparison = try RunComparison(
                ["one", "two", "other"].map { RunFolder(folder.appending(path: $0)) })
            #expect(comparison.rows.map { $0.log.rows.count } == [1, 2, 1])
            let parameters = try await withTensors {
                try Blobs.plan().network.makeNetwork().parameterCount.trainable
            }
            #expect(comparison.rows.map(\.parameters) == [parameters, parameters, parameters])
            let lines = comparison.table().split(separator: "\n").map(String.init)
            #expect(lines.count == 4)
            #expect(lines[0].hasPrefix("run    network    filters  parameters  epochs  s/epoch  "))
            #expect(lines[1].hasPrefix("one    2d padded        4        \(parameters)       1"))
            #expect(!lines[2].contains("different patients"))
            #expect(lines[3].hasSuffix("different patients"))
        }
    }

    /// Patients a and b with a scan of each phase, and folders for runs on them.
    private func withRuns(_ body: (Dataset, @Sendable (String) -> RunFolder) async throws -> Void)
        async throws
    {
        try await withTemporaryDirectory { folder in
            let drawn = try Blobs.write(folder.appending(path: "drawn"), patients: 4)
            let root = folder.appending(path: "data")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            for (item, name) in zip(drawn.cases, ["a_ED", "a_ES", "b_ED", "b_ES"]) {
                try FileManager.default.copyItem(at: item.image, to: root.appending(path: "\(name).nii"))
                try FileManager.default.copyItem(
                    at: #require(item.reference), to: root.appending(path: "\(name)_gt.nii"))
            }
            let data = try Dataset(contentsOf: root, structures: drawn.structures)
            try await body(data) { RunFolder(folder.appending(path: $0)) }
        }
    }

    @Test func whatTheDiceRestsOnIsShown() async throws {
        try await withRuns { data, run in
            for (name, phases) in [("both", PhaseSelection.both), ("early", .ed)] {
                var plan = Blobs.plan(epochs: 1)
                plan.training.holdOut = ["b"]
                plan.training.phases = phases
                try await TrainingJob(dataset: data, run: run(name)).start(plan).finish()
            }
            let lines = try RunComparison([run("both"), run("early")]).table().split(separator: "\n")
            #expect(lines[0].hasSuffix("  mean  patients  scans"))
            #expect(lines[1].hasSuffix("         1      2"))
            #expect(lines[2].hasSuffix("         1      1  different phases (ed)"))
        }
    }

    @Test func runsOnOtherScansAreMarkedAndOldOnesAreUnknown() async throws {
        try await withRuns { data, run in
            @TensorActor func train(_ name: String, structures: [Structure] = Blobs.structures) async throws {
                var plan = Blobs.plan(epochs: 1, structures: structures)
                plan.training.holdOut = ["b"]
                try await TrainingJob(
                    dataset: Dataset(contentsOf: data.root, structures: structures), run: run(name)
                ).start(plan).finish()
            }
            try await train("all")
            try await train("old")
            try await train("named", structures: [Structure(name: "DISC", label: 1), Blobs.structures[1]])
            // The scan's labels are gone by the time of the second run.
            try FileManager.default.removeItem(at: data.root.appending(path: "b_ES_gt.nii"))
            try await train("fewer")
            let splits = run("old").splits
            var old = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: splits)) as? [String: Any])
            old["validationCases"] = nil
            try JSONSerialization.data(withJSONObject: old).write(to: splits)

            let lines = try RunComparison(["all", "fewer", "old", "named"].map(run)).table()
                .split(separator: "\n")
            #expect(lines[1].hasSuffix("         1      2"))
            #expect(lines[2].hasSuffix("         1      1  different scans"))
            #expect(lines[3].hasSuffix("         1      ?  unknown scans"))
            #expect(lines[4].hasSuffix("         1      2  different structures"))

            // Going on with the old run counts them.
            _ = try await TrainingJob(dataset: data, run: run("old")).resume().finish()
            #expect(try run("old").readSplits().validationCases == ["b_ED"])
        }
    }

    @Test func theLogComesBack() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            let run = RunFolder(folder.appending(path: "run"))
            var plan = Blobs.plan(epochs: 2)
            plan.training.holdOut = ["p1"]
            let summary = try await TrainingJob(dataset: data, run: run).start(plan).finish()
            let log = try run.readLog()
            #expect(log.structures == ["CORE", "RING"])
            #expect(log.rows.map(\.epoch) == [1, 2])
            #expect(log.rows.map(\.slices) == [2, 2])
            let mean = try #require(log.rows[1].meanDice)
            #expect(abs(mean - (try #require(summary.finalMeanDice))) < 1e-5)
        }
    }

    @Test func structuresMayBeCalledAnything() async throws {
        try await withTemporaryDirectory { folder in
            let structures = [Structure(name: "a,b", label: 1), Structure(name: "mean", label: 2)]
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2, structures: structures)
            let run = RunFolder(folder.appending(path: "run"))
            var plan = Blobs.plan(epochs: 1, structures: structures)
            plan.training.holdOut = ["p1"]
            try await TrainingJob(dataset: data, run: run).start(plan).finish()
            let log = try run.readLog()
            #expect(log.structures == ["a,b", "mean"])
            #expect(log.rows.map(\.validationDice.count) == [2])
            #expect(try RunComparison([run]).table().contains("  a,b  "))
        }
    }

    @Test func aDamagedLogIsRefused() throws {
        try withTemporaryDirectory { folder in
            let run = RunFolder(folder)
            for (text, flaw) in [
                ("", TrainingLogError.columns), ("\"epoch", .columns),
                (
                    "epoch,learning_rate,training_loss,validation_dice_A,validation_dice_mean,slices,seconds\n1,2,x,4,5,6,7\n",
                    .row(line: 2)
                ),
            ] {
                try Data(text.utf8).write(to: run.log)
                let error = #expect(throws: SegmentationError.self) { _ = try run.readLog() }
                #expect(error == .unreadable(path: run.log.plainPath, UnderlyingError(flaw)))
            }
        }
    }

    @Test func aFolderWithoutRunIsRefused() throws {
        try withTemporaryDirectory { folder in
            let error = #expect(throws: SegmentationError.self) {
                _ = try RunComparison([RunFolder(folder)])
            }
            #expect(error == .noModel(path: folder.plainPath))
        }
    }
}
