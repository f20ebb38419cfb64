import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import TestSupport
import Testing

/// Predictions of whole series, against datasets that have labels of some of their frames.
@Suite struct SeriesEvaluationTests {
    private static let frames = 4
    private static let structures = [Structure(name: "LV", label: 1)]

    /// A frame of 4 × 4 × 2 voxels of which `count` are the ventricle.
    private func frame(_ count: Int) -> [UInt8] { (0..<32).map { $0 < count ? 1 : 0 } }

    private func image(_ voxels: [UInt8]) -> NIfTIImage {
        NIfTIImage(
            voxels: voxels, dimensions: voxels.count == 32 ? [4, 4, 2] : [4, 4, 2, voxels.count / 32],
            spacing: Array([10, 10, 10, 1].prefix(voxels.count == 32 ? 3 : 4)))
    }

    /// Series A_sa with labels of frames 1 and 3, B_sa without, and predictions of all frames of both.
    private func withSeries(_ body: (_ truth: Dataset, _ output: URL) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let (root, output) = (folder.appending(path: "truth"), folder.appending(path: "out"))
            for folder in [root, output] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            for name in ["A_sa", "B_sa"] {
                try image((0..<128).map { UInt8($0 * 7 % 50) })
                    .write(to: root.appending(path: "\(name).nii.gz"))
                try image([16, 8, 8, 4].flatMap(frame)).naming(Self.structures)
                    .write(to: output.appending(path: "\(name)_pred.nii.gz"))
            }
            try image([16, 0, 4, 0].flatMap(frame)).write(to: root.appending(path: "A_sa_gt.nii.gz"))
            let data = try Dataset(contentsOf: root, structures: Self.structures)
            #expect(data.cases.map(\.id) == ["A_sa_frame01", "A_sa_frame03", "B_sa"])
            try body(data, output)
        }
    }

    @Test func eachFrameIsScoredAgainstItsOwnLabels() throws {
        try withSeries { data, output in
            let result = try EvaluationJob(predictions: output, truth: data).run()
            #expect(result.failures.isEmpty)
            let cases = result.evaluation.cases
            #expect(
                cases.map(\.name)
                    == ["A_sa", "B_sa"].flatMap { name in (1...4).map { "\(name)_frame0\($0)" } })
            #expect(cases.map(\.hasReference) == [true, false, true, false, false, false, false, false])
            #expect(cases[0].scores["LV"]?.dice == 1)
            #expect(cases[2].scores["LV"]?.dice == 2.0 / 3)
            #expect(cases[3].scores["LV"]?.volume == 4)
            #expect(cases.map(\.patient) == ["A", "A", "A", "A", "B", "B", "B", "B"])
            #expect(result.unpredicted.isEmpty)
            #expect(
                result.warnings.map(\.description) == [
                    "\(data.root.plainPath) has no labels for B_sa; its volumes are reported without scores"
                ])
        }
    }

    @Test func aFrameHasOnePrediction() throws {
        try withSeries { data, output in
            // Worse than the series', so that scores tell which was taken.
            try image(frame(2)).naming(Self.structures)
                .write(to: output.appending(path: "A_sa_frame03_pred.nii.gz"))
            let result = try EvaluationJob(predictions: output, truth: data).run()
            let scored = result.evaluation.cases.filter { $0.name == "A_sa_frame03" }
            #expect(scored.count == 1 && scored[0].scores["LV"]?.volume == 2)
            #expect(
                result.warnings.map(\.description).contains(
                    "\(output.appending(path: "A_sa_pred.nii.gz").plainPath): A_sa_frame03 is skipped because \(output.appending(path: "A_sa_frame03_pred.nii.gz").plainPath) is a prediction of it"
                ))
        }
    }

    @Test func nothingOfASeriesIsLabeled() throws {
        try withSeries { data, output in
            try FileManager.default.removeItem(at: output.appending(path: "A_sa_pred.nii.gz"))
            let result = try EvaluationJob(predictions: output, truth: data).run()
            #expect(result.failures.isEmpty && result.evaluation.cases.count == 4)
            #expect(result.unpredicted == ["A_sa_frame01", "A_sa_frame03"])
        }
    }

    /// The names of frames tell which scan of the dataset is meant, whatever its view is.
    @Test func framesThatAreLabeledAreNamed() throws {
        try withSeries { data, output in
            for name in ["A_sa", "B_sa"] {
                try FileManager.default.removeItem(at: output.appending(path: "\(name)_pred.nii.gz"))
            }
            let file = output.appending(path: "A_sa_frame02_pred.nii.gz")
            try image(frame(8)).naming(Self.structures).write(to: file)
            func reason() -> String? {
                do {
                    _ = try EvaluationJob(predictions: output, truth: data).run()
                    return nil
                } catch {
                    return String(describing: error)
                }
            }
            let known = "has labels for A_sa_frame01 and A_sa_frame03, not for"
            #expect(reason()?.contains("\(known) A_sa_frame02;") == true)
            // A whole series whose file has one frame.
            try FileManager.default.moveItem(
                at: file, to: output.appending(path: "A_sa_pred.nii.gz"))
            #expect(reason()?.contains("\(known) A_sa;") == true)
        }
    }
}
