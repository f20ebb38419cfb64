import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import TestSupport
import Testing

/// Evaluation refuses of the truth what training refuses, and takes only files that can be predictions.
@Suite struct ReferenceChecksTests {
    private func withData(_ body: (Dataset, URL) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let data = try Blobs.write(folder.appending(path: "data"), patients: 3)
            let predictions = folder.appending(path: "predictions")
            try FileManager.default.createDirectory(at: predictions, withIntermediateDirectories: true)
            for (index, item) in data.cases.enumerated() {
                try NIfTIImage(contentsOf: #require(item.reference)).naming(data.structures)
                    .write(to: predictions.appending(path: "p\(index)_pred.nii.gz"))
            }
            try body(data, predictions)
        }
    }

    @Test func exchangedFilesAreNotScored() throws {
        try withData { data, predictions in
            let (image, labels) = (
                data.root.appending(path: "p1.nii"), data.root.appending(path: "p1_gt.nii")
            )
            let aside = data.root.appending(path: "aside")
            try FileManager.default.moveItem(at: image, to: aside)
            try FileManager.default.moveItem(at: labels, to: image)
            try FileManager.default.moveItem(at: aside, to: labels)
            let result = try EvaluationJob(predictions: predictions, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["p0", "p2"])
            #expect(result.failures.count == 1)
            #expect(
                result.failures[0].description.contains("p1.nii looks like labels (3 different values)")
                    && result.failures[0].description.hasSuffix("swap the two files."))
        }
    }

    @Test func absurdSpacingIsNotScored() throws {
        try withData { data, predictions in
            for file in ["data/p0.nii", "data/p0_gt.nii", "predictions/p0_pred.nii.gz"] {
                let url = data.root.deletingLastPathComponent().appending(path: file)
                let image = try NIfTIImage(contentsOf: url)
                try NIfTIImage(
                    voxels: image.integers().map { UInt8(clamping: $0) }, dimensions: image.dimensions,
                    spacing: [1e30, 1e30, 8]
                ).naming(data.structures).write(to: url)
            }
            let result = try EvaluationJob(predictions: predictions, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["p1", "p2"])
            #expect(result.failures.count == 1)
            #expect(result.failures[0].description.contains("p0.nii: measures "))
            // The same sentence as the audit's.
            #expect(Audit(of: data).cases[0].error == result.failures[0].description)
        }
    }

    @Test func namesOfTheReferenceAreHeeded() throws {
        try withData { data, predictions in
            let file = data.root.appending(path: "p2_gt.nii")
            let others = [Structure(name: "RING", label: 1), Structure(name: "CORE", label: 2)]
            try NIfTIImage(contentsOf: file).naming(others).write(to: file)
            let result = try EvaluationJob(predictions: predictions, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["p0", "p1"])
            #expect(
                result.failures.map { $0.description.contains("names its labels RING=1 CORE=2") } == [true])
            // Stated names overrule the file's, and that is said.
            let stated = try Dataset(contentsOf: data.root, structures: data.structures)
            let overruled = try EvaluationJob(predictions: predictions, truth: stated).run()
            #expect(overruled.failures.isEmpty)
            #expect(
                overruled.warnings.map { $0.description.contains("names its labels RING=1 CORE=2") } == [true]
            )
        }
    }

    @Test func picturesBesideVolumesAreNoPredictions() throws {
        try withData { data, predictions in
            let picture = PNGImage(
                width: 2, height: 2, format: .gray, bytes: [UInt8](repeating: 0, count: 4))
            for name in ["p0_pred.png", "logo.png", "p1.tif"] {
                try picture.write(to: predictions.appending(path: name))
            }
            let result = try EvaluationJob(predictions: predictions, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["p0", "p1", "p2"])
            #expect(result.failures.isEmpty && result.warnings.isEmpty)
            for name in ["p0", "p1", "p2"] {
                try FileManager.default.removeItem(
                    at: predictions.appending(path: "\(name)_pred.nii.gz"))
            }
            let path = predictions.plainPath
            #expect(
                throws: SegmentationError.nothingToEvaluate(
                    path: path, .onlyPictures)
            ) { _ = try EvaluationJob(predictions: predictions, truth: data).run() }
        }
    }

    @Test func volumesBesidePicturesAreNoPredictions() throws {
        try withTemporaryDirectory { folder in
            let data = try Pictures.write(folder.appending(path: "data"), count: 1, side: 8)
            let output = folder.appending(path: "out")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let volume = NIfTIImage(
                voxels: [UInt8](repeating: 0, count: 4), dimensions: [2, 2], spacing: [3, 3])
            for name in ["0_pred.nii.gz", "stranger_pred.nii"] {
                try volume.write(to: output.appending(path: name))
            }
            #expect(
                throws: SegmentationError.nothingToEvaluate(
                    path: output.plainPath, .onlyNIfTI)
            ) { _ = try EvaluationJob(predictions: output, truth: data).run() }
            try Data(contentsOf: #require(data.cases[0].reference))
                .write(to: output.appending(path: "0_pred.png"))
            let result = try EvaluationJob(predictions: output, truth: data).run()
            #expect(result.evaluation.cases.map(\.name) == ["0"] && result.failures.isEmpty)
        }
    }
}
