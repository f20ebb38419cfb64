import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import Segmentation
import TestSupport
import Testing
import Torch

/// Predictions carry the names of their labels.
@TensorActor @Suite(.serialized) struct PredictionManifestTests {
    private func run(_ inputs: [URL], _ output: URL, probabilities: Bool = false) async throws
        -> [PredictionJob.Failure]
    {
        try await withTensors {
            var job = PredictionJob(try Predictor([randomModel()]), output: output)
            job.writesProbabilities = probabilities
            return try await job.run(inputs.map { PredictionInput($0) })
        }
    }

    private func write(_ name: String, in folder: URL, dimensions: [Int] = [8, 8, 2]) throws -> URL {
        let file = folder.appending(path: name)
        let voxels = (0..<dimensions.reduce(1, *)).map { Float($0 % 13) }
        var image = NIfTIImage(
            voxels: voxels, dimensions: dimensions, spacing: Array([1.5, 1.5, 8, 1].prefix(dimensions.count)))
        image.header.extensions = [NIfTIExtension(code: 6, data: Array("from the scanner".utf8))]
        try image.write(to: file)
        return file
    }

    @Test func filesAndFolderSayWhatLabelsAre() async throws {
        try await withTemporaryDirectory { folder in
            let output = folder.appending(path: "out")
            let structures = try await withTensors { try randomModel().plan.structures }
            let scan = try write("a.nii", in: folder)
            let series = try write("s_4d.nii.gz", in: folder, dimensions: [8, 8, 2, 3])
            #expect(try await run([scan], output, probabilities: true).isEmpty)
            #expect(try await run([series], output).isEmpty)
            for name in ["a_pred", "a_prob", "s_4d_pred"] {
                let header = try NIfTIHeader(contentsOf: output.appending(path: "\(name).nii.gz"))
                #expect(header.structures == structures, "\(name)")
                // What the scan brought along is there too.
                #expect(header.extensions.count == 2)
                #expect(header.extensions.first?.data.starts(with: Array("from the scanner".utf8)) == true)
            }
            let manifest = try #require(try PredictionManifest(in: output))
            #expect(manifest == PredictionManifest(structures: structures, cases: ["a", "s_4d"]))
        }
    }

    @Test func whatWasKeptIsNotedByCase() async throws {
        try await withTemporaryDirectory { folder in
            let output = folder.appending(path: "out")
            let inputs = [
                PredictionInput(try write("a.nii", in: folder)),
                PredictionInput(try write("s_4d.nii.gz", in: folder, dimensions: [8, 8, 2, 3])),
            ]
            @TensorActor func run(_ inputs: [PredictionInput], _ rule: ComponentRule, failing: Bool = false)
                async throws
                -> Int
            {
                try await withTensors {
                    var job = PredictionJob(try Predictor([randomModel()]), output: output)
                    job.componentRule = rule
                    return try await job.run(inputs) { result in
                        let during = try PredictionManifest(in: output)
                        #expect(during?.components?[result.input.stem]?.rule == (rule == .all ? nil : rule))
                        if failing { throw CocoaError(.fileWriteOutOfSpace) }
                    }.count
                }
            }
            @TensorActor func components() throws -> [String: PredictionManifest.Components]? {
                try PredictionManifest(in: output)?.components
            }
            // What follows the prediction may fail; the prediction stands.
            #expect(try await run(inputs, .largest, failing: true) == 2)
            #expect(try PredictionManifest(in: output)?.cases == ["a", "s_4d"])
            #expect(try components()?.mapValues(\.rule) == ["a": .largest, "s_4d": .largest])
            #expect(try components()?.values.allSatisfy { $0.removed != nil } == true)
            #expect(try await run([inputs[0]], .all) == 0)
            #expect(try components()?.mapValues(\.rule) == ["s_4d": .largest])
            #expect(try await run([inputs[1]], .heart) == 0)
            #expect(try components()?.mapValues(\.rule) == ["s_4d": .heart])
            // A scan that cannot be read leaves what is known of its old prediction.
            try Data("text".utf8).write(to: inputs[1].url)
            #expect(try await run([inputs[1]], .largest) == 1)
            #expect(try components()?.mapValues(\.rule) == ["s_4d": .heart])
        }
    }

    @Test func aFolderHasOneListOfStructures() async throws {
        try await withTemporaryDirectory { folder in
            let output = folder.appending(path: "out")
            let scan = try write("a.nii", in: folder)
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let text = """
                {"formatVersion": 1, "cases": ["old"], "structures": [{"name": "cell", "label": 255}]}
                """
            let file = output.appending(path: PredictionManifest.fileName)
            try Data(text.utf8).write(to: file)
            let error = await #expect(throws: SegmentationError.self) { _ = try await run([scan], output) }
            #expect(
                error?.description.hasPrefix(
                    "\(output.plainPath): contains predictions of cell=255, but this model predicts ")
                    == true)
            #expect(output.names == [PredictionManifest.fileName])
            #expect(try Data(contentsOf: file) == Data(text.utf8))
        }
    }

    @Test func whatFailsIsNotListed() async throws {
        try await withTemporaryDirectory { folder in
            let output = folder.appending(path: "out")
            let good = try write("a.nii", in: folder)
            let bad = folder.appending(path: "b.nii")
            try Data("text".utf8).write(to: bad)
            #expect(try await run([bad], output).count == 1)
            #expect(output.names.isEmpty)
            #expect(try await run([good, bad], output).count == 1)
            #expect(try PredictionManifest(in: output)?.cases == ["a"])
            // What an earlier run has written stays listed.
            try Data("text".utf8).write(to: good)
            #expect(try await run([good], output).count == 1)
            #expect(try PredictionManifest(in: output)?.cases == ["a"])
        }
    }

    @Test(arguments: [
        ("{", "it is not JSON"), ("{\"formatVersion\": 1}", "“structures” is missing"),
        (
            "{\"formatVersion\": 2, \"cases\": [], \"structures\": []}", "its format version is 2"
        ),
        (
            "{\"formatVersion\": 1, \"cases\": [], \"structures\": [{\"name\": \"A\", \"label\": 0}]}",
            "its structures do not each have a unique name and a unique label from 1 to 255"
        ),
    ])
    func aDamagedManifestIsRefused(_ text: String, _ reason: String) throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: PredictionManifest.fileName)
            try Data(text.utf8).write(to: file)
            #expect(throws: SegmentationError.badManifest(path: file.plainPath, reason: reason)) {
                _ = try PredictionManifest(in: folder)
            }
        }
    }

    @Test func picturesHaveTheirNamesFromTheFolder() throws {
        try withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 2, side: 8)
            let output = folder.appending(path: "out")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            for item in data.cases {
                try Data(contentsOf: #require(item.reference))
                    .write(to: output.appending(path: "\(item.id)_pred.png"))
            }
            @TensorActor func evaluated() throws -> EvaluationJob.Result {
                try EvaluationJob(predictions: output, truth: data).run()
            }
            @TensorActor func write(_ manifest: PredictionManifest) throws {
                try JSONEncoder().encode(manifest)
                    .write(to: output.appending(path: PredictionManifest.fileName))
            }
            try write(PredictionManifest(structures: data.structures, cases: data.cases.map(\.id)))
            #expect(try evaluated().warnings.isEmpty)
            // Another program's file in the same folder is not known by it.
            try write(PredictionManifest(structures: data.structures, cases: [data.cases[0].id]))
            #expect(try evaluated().warnings.count == 1)
            #expect(try evaluated().evaluation.matchings.map(\.basis) == [.names, .assumed])
            let others = data.structures.map { Structure(name: $0.name + "s", label: $0.label) }
            try write(PredictionManifest(structures: others, cases: data.cases.map(\.id)))
            #expect(throws: SegmentationError.self) { _ = try evaluated() }
        }
    }
}
