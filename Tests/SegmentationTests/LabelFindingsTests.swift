import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Segmentation
import Synchronization
import TestSupport
import Testing
import Torch

/// What training says about labels that lie elsewhere or have the wrong names.
@TensorActor @Suite struct LabelFindingsTests {
    private func move(_ file: URL, by shift: Double) throws {
        var image = try NIfTIImage(contentsOf: file)
        var affine = image.header.affine
        affine[3] += shift
        image.header.setSform(affine, code: 1)
        try image.write(to: file)
    }

    /// Trains a moment, and gives the files reported as lying elsewhere and the names suggested.
    private func train(_ data: Dataset, _ plan: Plan, into run: RunFolder) async throws -> (
        misplaced: [String], names: [Structure]
    ) {
        let found = Mutex<(misplaced: [String], names: [Structure])>(([], []))
        try await TrainingJob(dataset: data, run: run).start(plan).finish { event in
            found.withLock { found in
                switch event {
                case .misplaced(let files):
                    found.misplaced += files.map { URL(filePath: $0.file).lastPathComponent }
                case .namesLookSwapped(let anatomy): found.names += anatomy.likelyNames ?? []
                default: break
                }
            }
        }
        return found.withLock { $0 }
    }

    @Test func labelsElsewhereEndTheTrainingBeforeItBegins() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 4)
            @TensorActor func file(_ name: String) -> URL { data.root.appending(path: name) }
            try move(file("p0_gt.nii"), by: 1)
            try move(file("p1_gt.nii"), by: 30)
            try move(file("p3_gt.nii"), by: -2)
            let run = RunFolder(folder.appending(path: "run"))
            var plan = Blobs.plan(epochs: 1)
            let error = await #expect(throws: SegmentationError.self) {
                try await TrainingJob(dataset: data, run: run).start(plan).finish()
            }
            #expect(
                error?.description
                    == "\(file("p1_gt.nii").relativePath) and its image \(file("p1.nii").relativePath) lie up to 30 mm apart "
                    + "(shifted by 30 mm) according to their headers; save the labels on the image's own grid, or correct "
                    + "the header that is wrong. 1 other file is like this; an audit lists them"
            )
            #expect(!run.url.exists)

            // Those that are trained on are asked, and no others.
            plan.training.holdOut = ["p0"]
            plan.training.allowsMisplaced = true
            #expect(
                try await train(data, plan, into: run).misplaced == ["p0_gt.nii", "p1_gt.nii", "p3_gt.nii"])
            #expect(try run.readPlan().training.allowsMisplaced)
        }
    }

    @Test func labelsThatLieNearlyInPlaceAreReported() async throws {
        try await withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 2)
            try move(data.root.appending(path: "p1_gt.nii"), by: 1)
            let run = RunFolder(folder.appending(path: "run"))
            #expect(try await train(data, Blobs.plan(epochs: 1), into: run).misplaced == ["p1_gt.nii"])
            #expect(try !run.readPlan().training.allowsMisplaced)
        }
    }

    @Test func namesThatTheAnatomyContradictsAreReported() async throws {
        let right = [Structure(name: "LV", label: 1), Structure(name: "MYO", label: 2)]
        let wrong = [Structure(name: "MYO", label: 1), Structure(name: "LV", label: 2)]
        try await withTemporaryDirectory { folder in
            for (names, expected) in [(right, []), (wrong, right)] {
                let place = folder.appending(path: names[0].name)
                let data = try Blobs.write(place.appending(path: "data"), patients: 2, structures: names)
                let plan = Blobs.plan(epochs: 1, structures: names)
                #expect(
                    try await train(data, plan, into: RunFolder(place.appending(path: "run"))).names
                        == expected)
            }
        }
    }

    @Test func channelsElsewhereAreNotPredicted() async throws {
        try await withTemporaryDirectory { folder in
            let files = ["s_0000.nii", "s_0001.nii"].map { folder.appending(path: $0) }
            for file in files {
                try NIfTIImage(
                    voxels: (0..<800).map { Int16($0 % 37) }, dimensions: [20, 20, 2], spacing: [1.5, 1.5, 8]
                ).write(to: file)
            }
            try move(files[1], by: 30)
            var input = PredictionInput(files[0])
            input.urls.append(files[1])
            var plan = Blobs.plan()
            plan.network.inputChannels = 2
            for isAllowed in [false, true] {
                plan.training.allowsMisplaced = isAllowed
                let (plan, input) = (plan, input)
                let failures = try await withTensors {
                    try TorchRuntime.seed(1)
                    let predictor = try Predictor([Model(plan.network.makeNetwork(), plan: plan)])
                    return try await PredictionJob(predictor, output: folder.appending(path: "out")).run([
                        input
                    ])
                }
                #expect(
                    failures.map(\.reason)
                        == (isAllowed
                            ? []
                            : [
                                "\(files[1].relativePath) and the first channel \(files[0].relativePath) lie up to 30 mm "
                                    + "apart (shifted by 30 mm) according to their headers; use channels of one scan on one grid, or correct the header that is wrong."
                            ]))
            }
        }
    }

    @Test func plansThatDoNotSayAllowWhatTheyWereTrainedOn() throws {
        let data = try JSONEncoder().encode(Blobs.plan())
        var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var training = try #require(fields["training"] as? [String: Any])
        #expect(training.removeValue(forKey: "allowsMisplaced") as? Bool == false)
        fields["training"] = training
        let old = try JSONDecoder().decode(Plan.self, from: JSONSerialization.data(withJSONObject: fields))
        #expect(old.training.allowsMisplaced)
    }
}
