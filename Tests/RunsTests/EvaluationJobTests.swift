import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import TestSupport
import Testing

@Suite struct EvaluationJobTests {
    /// Three patients with references, and an empty folder for predictions.
    private func withData(_ body: (Dataset, URL) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            let predictions = folder.appending(path: "predictions")
            try FileManager.default.createDirectory(at: predictions, withIntermediateDirectories: true)
            try body(data, predictions)
        }
    }

    private func copyReference(_ data: Dataset, _ index: Int, to file: URL) throws {
        try NIfTIImage(contentsOf: #require(data.cases[index].reference)).naming(data.structures)
            .write(to: file)
    }

    @Test func predictionsArePairedByName() throws {
        try withData { data, folder in
            try copyReference(data, 0, to: folder.appending(path: "p0_pred.nii.gz"))
            try copyReference(data, 2, to: folder.appending(path: "p0.nii.gz"))
            try copyReference(data, 1, to: folder.appending(path: "p1.nii"))
            for name in ["p2_gt.nii.gz", "p2-gt.nii", "p2_seg.nii", "p2_prob.nii.gz"] {
                try copyReference(data, 2, to: folder.appending(path: name))
            }
            try Data("no image".utf8).write(to: folder.appending(path: "notes.txt"))
            let result = try EvaluationJob(predictions: folder, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["p0", "p1"])
            // X_pred wins over X, which here is another patient's.
            #expect(result.evaluation.mean.foreground.dice == 1)
            #expect(result.unpredicted == ["p2"])
            #expect(result.failures.isEmpty)
            #expect(result.warnings.isEmpty)
        }
    }

    @Test func withoutReferenceThereAreVolumesOnly() throws {
        try withData { data, folder in
            for index in 0..<3 {
                try copyReference(data, index, to: folder.appending(path: "p\(index)_pred.nii.gz"))
            }
            try copyReference(data, 0, to: folder.appending(path: "stranger_pred.nii.gz"))
            try FileManager.default.removeItem(at: #require(data.cases[1].reference))
            let reopened = try Dataset(contentsOf: data.root)
            let result = try EvaluationJob(predictions: folder, truth: reopened).run()
            let cases = Dictionary(uniqueKeysWithValues: result.evaluation.cases.map { ($0.name, $0) })
            #expect(cases["p0"]?.hasReference == true)
            for name in ["p1", "stranger"] {
                #expect(cases[name]?.hasReference == false)
                #expect(cases[name]?.scores["CORE"]?.dice == nil)
                #expect(try #require(cases[name]?.scores["CORE"]?.volume) > 0)
            }
            #expect(result.evaluation.table().contains("no reference"))
            #expect(result.unpredicted.isEmpty)
            #expect(
                result.warnings.map(\.description) == [
                    "\(data.root.plainPath) has no labels for p1, and 1 other prediction has no labels there either; their volumes are reported without scores"
                ])
        }
    }

    @Test func anotherOrientationIsAWarning() throws {
        try withData { data, folder in
            for (index, shift) in [1e-4, 5.0].enumerated() {
                var image = try NIfTIImage(contentsOf: #require(data.cases[index].reference))
                var affine = image.header.affine
                affine[3] += shift
                image.header.setSform(affine, code: 1)
                try image.naming(data.structures)
                    .write(to: folder.appending(path: "p\(index)_pred.nii.gz"))
            }
            let result = try EvaluationJob(predictions: folder, truth: data).run()
            let path = folder.appending(path: "p1_pred.nii.gz").plainPath
            let reference = try #require(data.cases[1].reference).path(percentEncoded: false)
            #expect(
                result.warnings.map(\.description) == [
                    "\(path) and \(reference) lie up to 5 mm apart (shifted by 5 mm) according to their headers; scored voxel by voxel anyway"
                ])
            #expect(result.evaluation.mean.foreground.dice == 1)
        }
    }

    @Test func whatCannotBeScoredIsListed() throws {
        try withData { data, folder in
            let size = [32, 32, 2]
            func write(_ name: String, _ value: UInt8, _ dimensions: [Int] = size, spacing: Double = 1.5)
                throws
            {
                try NIfTIImage(
                    voxels: [UInt8](repeating: value, count: dimensions.reduce(1, *)), dimensions: dimensions,
                    spacing: Array([spacing, spacing, 8, 1].prefix(dimensions.count))
                ).write(to: folder.appending(path: name))
            }
            try write("p0_pred.nii.gz", 0, [32, 31, 2])
            try write("p1_pred.nii.gz", 9)
            try write("p2_pred.nii.gz", 0, [32, 32, 2, 3])
            try Data("text".utf8).write(to: folder.appending(path: "p3_pred.nii"))
            let result = try EvaluationJob(predictions: folder, truth: data).run()
            #expect(result.evaluation.cases.isEmpty)
            let root = folder.plainPath + "/"
            let failures = result.failures.map { $0.description.replacing(root, with: "") }
            try #require(failures.count == 4)
            func reference(_ index: Int) -> String { data.root.appending(path: "p\(index)_gt.nii").plainPath }
            #expect(
                failures[0]
                    == "p0: the prediction has 32 × 31 × 2 voxels, but 32 × 32 × 2 are expected; score predictions on the scan's own grid. (p0_pred.nii.gz, \(reference(0)))"
            )
            #expect(
                failures[1]
                    == "p1: the prediction has labels 9, but only 0 = background, 1 = CORE, 2 = RING are known; check the file or name its structures. (p1_pred.nii.gz, \(reference(1)))"
            )
            #expect(
                failures[2]
                    == "p2_pred.nii.gz is a series of 3 frames; save each frame as a separate file.")
            #expect(failures[3].hasPrefix("p3_pred.nii "))
            // Nothing scored is still a table and a JSON.
            #expect(!result.evaluation.table().isEmpty)
            #expect(try !result.evaluation.json().isEmpty)
        }
    }

    @Test func nothingToEvaluate() throws {
        try withData { data, folder in
            func sentence(_ folder: URL) -> String? {
                do {
                    _ = try EvaluationJob(predictions: folder, truth: data).run()
                    return nil
                } catch {
                    return String(describing: error)
                }
            }
            #expect(
                sentence(folder)
                    == "\(folder.plainPath): contains no prediction (X_pred.nii.gz or X.nii.gz); specify the folder that predictions were written into"
            )
            let missing = folder.appending(path: "missing")
            #expect(
                sentence(missing)
                    == "\(missing.plainPath): is not a folder that can be read; specify the folder that predictions were written into"
            )
            try copyReference(data, 0, to: folder.appending(path: "other_pred.nii.gz"))
            #expect(
                sentence(folder)
                    == "\(folder.plainPath): nothing to score, because \(data.root.plainPath) has no scan called other; specify the dataset that contains the labels"
            )
            try copyReference(data, 0, to: folder.appending(path: "stranger_pred.nii.gz"))
            #expect(
                sentence(folder)
                    == "\(folder.plainPath): nothing to score, because \(data.root.plainPath) has no scan called other, and 1 other prediction has no labels there either; specify the dataset that contains the labels"
            )
        }
    }

    @Test func aFrameWithoutTruthIsNamed() throws {
        try withTemporaryDirectory { folder in
            let root = folder.appending(path: "hearts/patient001")
            let output = folder.appending(path: "out")
            for folder in [root, output] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            let image = NIfTIImage(
                voxels: [UInt8](repeating: 1, count: 8), dimensions: [2, 2, 2], spacing: [1, 1, 1])
            try Data("ED: 1\nES: 7\n".utf8).write(to: root.appending(path: "Info.cfg"))
            for name in ["frame01", "frame01_gt", "frame07", "frame07_gt"] {
                try image.write(to: root.appending(path: "patient001_\(name).nii"))
            }
            let data = try Dataset(contentsOf: folder.appending(path: "hearts"))
            try image.naming(data.structures)
                .write(to: output.appending(path: "patient001_frame03_pred.nii.gz"))
            let job = EvaluationJob(predictions: output, truth: data)
            let reason =
                "\(data.root.plainPath) has labels for patient001_frame01 and patient001_frame07, not for patient001_frame03"
            let nothing = #expect(throws: SegmentationError.self) { _ = try job.run() }
            #expect(
                nothing?.description
                    == "\(output.plainPath): nothing to score, because \(reason); specify the dataset that contains the labels"
            )
            // So is a series, of whose frames some have labels.
            let series = output.appending(path: "patient001_4d_pred.nii.gz")
            try FileManager.default.moveItem(
                at: output.appending(path: "patient001_frame03_pred.nii.gz"), to: series)
            let refusal = #expect(throws: SegmentationError.self) { _ = try job.run() }
            #expect(
                refusal?.description.contains(
                    "has labels for patient001_frame01 and patient001_frame07, not for patient001_4d;")
                    == true)
            try FileManager.default.moveItem(
                at: series, to: output.appending(path: "patient001_frame03_pred.nii.gz"))
            // Beside one that has labels it is listed, and said to have none.
            try image.naming(data.structures)
                .write(to: output.appending(path: "patient001_frame07_pred.nii.gz"))
            let result = try job.run()
            #expect(result.evaluation.cases.map(\.hasReference) == [false, true])
            #expect(
                result.warnings.map(\.description) == ["\(reason); its volumes are reported without scores"])
        }
    }

    @Test func probabilitiesGiveTheLoss() throws {
        try withData { data, folder in
            let image = try NIfTIImage(contentsOf: #require(data.cases[0].reference))
            try image.write(to: folder.appending(path: "p0_pred.nii.gz"))
            let labels = try image.integers()
            let values = (0..<3).flatMap { channel in
                labels.map { Int($0) == channel ? Float(0.8) : Float(0.1) }
            }
            try NIfTIImage(floats: values, channels: 3, like: image.header)
                .write(to: folder.appending(path: "p0_prob.nii.gz"))
            try copyReference(data, 1, to: folder.appending(path: "p1_pred.nii.gz"))
            let result = try EvaluationJob(predictions: folder, truth: data, probabilities: folder).run()
            let loss = try #require(result.evaluation.cases.first { $0.name == "p0" }?.loss)
            #expect(abs(loss.crossEntropy + log(0.8)) < 1e-6)
            // A case whose probabilities are missing is said to be so, not scored without them.
            #expect(result.failures.count == 1)
            #expect(result.failures[0].description.contains("p1_prob.nii.gz"))
            #expect(result.evaluation.cases.map(\.name) == ["p0"])
        }
    }

    @Test func probabilitiesOfPicturesAreScaledAsTheyAreStored() throws {
        try withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 1, side: 8)
            let output = folder.appending(path: "out")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try Data(contentsOf: #require(data.cases[0].reference))
                .write(to: output.appending(path: "0_pred.png"))
            let file = output.appending(path: "0_prob.tif")
            let extent = Extent(width: 8, height: 8)
            func evaluated() throws -> EvaluationJob.Result {
                try EvaluationJob(predictions: output, truth: data, probabilities: output).run()
            }
            func loss() throws -> Double { try #require(try evaluated().evaluation.loss).crossEntropy }
            try TIFFFile.write([UInt16](repeating: 13_107, count: 64), extent: extent, to: file)
            let expected = try loss()
            try TIFFFile.write([UInt8](repeating: 51, count: 64), extent: extent, to: file)
            #expect(abs(try loss() - expected) < 1e-5)
            try writeTIFF(Float(0.2).bitPattern, format: 3, to: file)
            #expect(abs(try loss() - expected) < 1e-5)

            try writeTIFF(Float(1.5).bitPattern, format: 3, to: file)
            #expect(
                try evaluated().failures.map(\.description) == [
                    "\(file.plainPath): has the value 1.5, but probabilities stored as floats must be from 0 to 1; use the probabilities that were predicted"
                ])
            try writeTIFF(1, format: 2, to: file)
            #expect(
                try evaluated().failures.map(\.description) == [
                    "\(file.plainPath): stores int32, but probabilities must be uint8, uint16, or float32; use the probabilities that were predicted"
                ])
        }
    }

    /// A page of 8 × 8 samples of 32 bits, all alike, of a kind that the library does not write: 2 signed, 3 floats.
    private func writeTIFF(_ sample: UInt32, format: UInt32, to file: URL) throws {
        let tags: [(tag: UInt16, value: UInt32)] = [
            (256, 8), (257, 8), (258, 32), (259, 1), (262, 1), (273, 8 + 2 + 10 * 12 + 4), (277, 1), (278, 8),
            (279, 256), (339, format),
        ]
        var bytes = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0])
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt16(tags.count))
        for (tag, value) in tags {
            append(tag)
            append(UInt16(4))
            append(UInt32(1))
            append(value)
        }
        append(UInt32(0))
        for _ in 0..<64 { append(sample) }
        try bytes.write(to: file)
    }
}
