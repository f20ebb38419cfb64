import Datasets
import Foundation
import RunFixtures
import Runs
import Segmentation
import TestSupport
import Testing
import Torch

@TensorActor @Suite(.serialized) struct BadRunTests {
    /// A trained run of one epoch, beside its data.
    private func withRun(_ body: (Dataset, RunFolder) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            let run = RunFolder(folder.appending(path: "run"))
            try await TrainingJob(dataset: data, run: run).start(Blobs.plan(epochs: 1)).finish()
            try await body(data, run)
        }
    }

    private func load(_ url: URL, _ choice: Model.Choice = .last) async throws {
        try await withTensors { _ = try Model(contentsOf: url, choice: choice) }
    }

    /// The text of the error that `body` throws.
    private func sentence(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return String(describing: error)
        }
    }

    @Test func aRunIsNotOverwritten() async throws {
        try await withRun { data, run in
            let before = try Data(contentsOf: run.last)
            await #expect(throws: SegmentationError.runExists(path: run.url.plainPath)) {
                try await TrainingJob(dataset: data, run: run).start(Blobs.plan(epochs: 1)).finish()
            }
            #expect(try Data(contentsOf: run.last) == before)
        }
    }

    @Test func thereIsNoRunToResume() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 1)
            let run = RunFolder(folder.appending(path: "run"))
            await #expect(throws: SegmentationError.noRun(path: run.url.plainPath)) {
                try await TrainingJob(dataset: data, run: run).resume().finish()
            }
            #expect(!run.url.exists)
        }
    }

    @Test func weightsMustFitThePlan() async throws {
        try await withRun { data, run in
            let text = try String(contentsOf: run.plan, encoding: .utf8)
                .replacing("\"filters\" : 4", with: "\"filters\" : 8")
            try Data(text.utf8).write(to: run.plan)
            let expected =
                "\(run.last.plainPath): tensor “encoders.0.block.conv1.convolution.weight” has shape [4, 1, 3, 3], but the plan's network needs [8, 1, 3, 3]; use weights and a plan from the same run"
            let predicting = await sentence { try await load(run.url) }
            let resuming = await sentence { try await TrainingJob(dataset: data, run: run).resume().finish() }
            #expect(predicting == resuming)
            #expect(predicting?.hasPrefix("\(run.last.plainPath): tensor “encoders.0.") == true)
            #expect(
                predicting?.hasSuffix(
                    "has shape [4, 1, 3, 3], but the plan's network needs [8, 1, 3, 3]; use weights and a plan from the same run"
                ) == true, "\(predicting ?? "") is not like \(expected)")
        }
    }

    @Test(arguments: [
        ("not JSON", "it is not JSON"),
        ("{}", "“formatVersion” is missing"),
        (nil, "No such file or directory"),
    ])
    func splitsMayBeDamaged(_ content: String?, _ reason: String) async throws {
        try await withRun { data, run in
            let file = content == "{}" ? run.plan : run.splits
            try FileManager.default.removeItem(at: file)
            if let content { try Data(content.utf8).write(to: file) }
            let text = await sentence { try await TrainingJob(dataset: data, run: run).resume().finish() }
            #expect(
                text
                    == "\(file.plainPath): cannot be used (\(reason)); restore it from a backup, or train again"
            )
        }
    }

    @Test(arguments: [
        ("\"epochs\" : 1", "\"epochs\" : \"one\"", "“training.epochs” has the wrong type"),
        ("\"epochs\" : 1", "\"epochs\" : 0", "epochs 0 is not valid; it must be from 1 to 1000000"),
        ("\"depth\" : 2", "\"depth\" : 0", "“network.depth”: depth cannot be 0"),
        ("\"filters\" : 4,", "", "“network.filters” is missing"),
        (
            "\"outputChannels\" : 3", "\"outputChannels\" : 9",
            "output channels 9 is not valid; it must be 3 for CORE=1 RING=2"
        ),
    ])
    func planMayBeDamaged(_ old: String, _ new: String, _ reason: String) async throws {
        try await withRun { data, run in
            let text = try String(contentsOf: run.plan, encoding: .utf8)
            #expect(text.contains(old))
            try Data(text.replacing(old, with: new).utf8).write(to: run.plan)
            let expected =
                "\(run.plan.plainPath): cannot be used (\(reason)); restore it from a backup, or train again"
            #expect(await sentence { try await load(run.url) } == expected)
            #expect(
                await sentence { try await TrainingJob(dataset: data, run: run).resume().finish() }
                    == expected)
        }
    }

    @Test func weightsMayBeCutShortOrMissing() async throws {
        try await withRun { _, run in
            let path = run.last.plainPath
            let whole = try Data(contentsOf: run.last)
            // A weights file carries its plan, so it works without the folder around it.
            let alone = run.url.deletingLastPathComponent().appending(path: "alone.safetensors")
            try whole.write(to: alone)
            try await load(alone)

            try whole.prefix(whole.count / 2).write(to: run.last)
            #expect(
                await sentence { try await load(run.url) }?.contains("is not a complete safetensors file")
                    == true)
            try Data("text".utf8).write(to: run.last)
            #expect(
                await sentence { try await load(run.url) }
                    == "\(path): is not a complete safetensors file (4 bytes); train again, or restore it from a backup"
            )
            try FileManager.default.removeItem(at: run.last)
            #expect(
                await sentence { try await load(run.url) }
                    == "\(path): does not exist yet; train at least one epoch")
            #expect(
                await sentence { try await load(run.url, .best) }
                    == "\(run.best.plainPath): does not exist, because choosing the best weights takes held-out patients; use those of the last epoch"
            )
            let nowhere = run.url.appending(path: "nowhere").plainPath
            #expect(
                await sentence { try await load(run.url.appending(path: "nowhere")) }
                    == "\(nowhere): is neither a run folder nor a weights file; specify the folder of a run, or a .safetensors file from it"
            )
        }
    }

    @Test func aWeightsFileWithoutPlanIsRefused() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "w.safetensors")
            try await withTensors {
                try Safetensors([("a", Tensor([Float(1)], shape: [1]))]).write(to: file)
            }
            await #expect(throws: SegmentationError.noPlan(path: file.plainPath)) { try await load(file) }
        }
    }

    @Test func aLossThatIsNoNumberStopsTheRun() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            var plan = Blobs.plan(epochs: 3)
            // Without norms every layer multiplies what the one before has got out of hand.
            plan.network.norm = .none
            plan.training.optimizer = .sgd
            plan.training.learningRate = 1000
            let run = RunFolder(folder.appending(path: "run"))
            let error = await #expect(throws: SegmentationError.self) {
                try await TrainingJob(dataset: data, run: run).start(plan).finish()
            }
            guard case .diverged(let epoch, let step) = error else {
                Issue.record("\(String(describing: error)) is not about the loss")
                return
            }
            #expect((1...3).contains(epoch))
            #expect(
                error?.description
                    == "the loss became infinite or NaN in epoch \(epoch), step \(step); train with a smaller learning rate"
            )
            // The corrected plan is taken.
            #expect(!run.url.exists)
            plan.training.learningRate = 1e-3
            #expect(try await TrainingJob(dataset: data, run: run).start(plan).finish().epochs == 3)
        }
    }

    @Test func otherDataAreNotTakenForTheRuns() async throws {
        try await withRun { _, run in
            let other = try Blobs.write(
                run.url.deletingLastPathComponent().appending(path: "other"), patients: 1)
            await #expect(
                throws: SegmentationError.patientsGone(path: other.root.plainPath, patients: ["p1"])
            ) {
                try await TrainingJob(dataset: other, run: run).resume().finish()
            }
        }
    }

    @Test func tooFewPatientsForFoldsLeaveNoFolder() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            var plan = Blobs.plan(epochs: 1)
            plan.training.fold = 0
            let run = RunFolder(folder.appending(path: "run"))
            await #expect(
                throws: SegmentationError.tooFewPatients(path: data.root.plainPath, found: 3, folds: 5)
            ) { try await TrainingJob(dataset: data, run: run).start(plan).finish() }
            #expect(!run.url.exists)
        }
    }
}
