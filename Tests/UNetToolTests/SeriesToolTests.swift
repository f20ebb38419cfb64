import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// The program with cine series, some without any labels, and with several runs.
@Suite(.serialized) struct SeriesToolTests {
    /// A labeled scan, a series with labels of its first and last frame, and one without.
    private func write(_ name: String) throws {
        let folder = try Workplace.root().appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let frames = [6.0, 5, 4].map { SmallHearts.drawn(radius: $0, seed: 1) }
        let none = [UInt8](repeating: 0, count: 32 * 32 * 2)
        for name in ["anna_sa", "bert_sa"] {
            try SmallHearts.image(frames.flatMap(\.voxels), [32, 32, 2, 3])
                .write(to: folder.appending(path: "\(name).nii.gz"))
        }
        try SmallHearts.image(frames[0].labels + none + frames[2].labels, [32, 32, 2, 3])
            .write(to: folder.appending(path: "anna_sa_gt.nii.gz"))
        try Data("{\"labels\": {\"RV\": 1, \"MYO\": 2, \"LV\": 3}}".utf8)
            .write(to: folder.appending(path: "labels.json"))
    }

    private func unet(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, in: Workplace.root())
    }

    @Test func seriesWithoutLabelsAreConverted() throws {
        try write("cines")
        let result = try unet("convert", "cines", "--to", "nnunet", "--output", "cines-nnunet")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("2 training cases and 3 test images in cines-nnunet: "))
        let root = try Workplace.root()
        #expect(!root.names.contains { $0.hasPrefix(".cines-nnunet") })
        #expect(
            root.appending(path: "cines-nnunet/imagesTs").names
                == (1...3).map { "bert_sa_frame0\($0)_0000.nii.gz" })
    }

    /// Its own predictions of a whole series are what the program scores frame by frame.
    @Test func predictionsOfSeriesAreScored() throws {
        try write("beats")
        let prediction = try unet(
            "predict", "beats/anna_sa.nii.gz", "beats/bert_sa.nii.gz", "--model", "run", "--output",
            "beats-out", "--threads", "1")
        #expect(prediction.status == 0)
        let scores = try unet(
            "evaluate", "--predictions", "beats-out", "--truth", "beats", "--json", "beats.json")
        try Snapshot.check(scores.errors, "evaluate-series")
        #expect(scores.status == 0)
        let data = try Data(contentsOf: Workplace.root().appending(path: "beats.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = try #require(json["cases"] as? [[String: Any]])
        #expect(cases.count == 6)
        // The folder's series are predicted where they have labels, and that is said.
        let folder = try unet(
            "predict", "beats", "--model", "run", "--output", "beats-folder", "--threads", "1")
        try Snapshot.check(folder.errors, "predict-labeled-frames")
        #expect(
            try Workplace.root().appending(path: "beats-folder").names == [
                "anna_sa_frame01_pred.nii.gz", "anna_sa_frame03_pred.nii.gz", "bert_sa_pred.nii.gz",
                "predictions.json",
            ])
    }

    @Test func anEnsemblePredictsWhomNoneOfItsModelsHasSeen() throws {
        let root = try Workplace.root()
        for (name, heldOut) in [
            ("run-a", ["patient001", "patient002"]), ("run-b", ["patient002", "patient009"]),
            ("run-c", ["patient003"]),
        ] {
            let copy = root.appending(path: name)
            try FileManager.default.copyItem(at: root.appending(path: "run"), to: copy)
            try Data("{\"training\": [], \"validation\": \(heldOut)}".utf8)
                .write(to: copy.appending(path: "splits.json"))
        }
        let result = try unet(
            "predict", "hearts", "--model", "run-a", "run-b", "--split", "validation", "--output", "both",
            "--threads", "1")
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            root.appending(path: "both").names == [
                "patient002_frame01_pred.nii.gz", "patient002_frame07_pred.nii.gz", "predictions.json",
            ])
        let one = try unet(
            "predict", "hearts", "--model", "run-b", "--split", "validation", "--output", "one", "--threads",
            "1")
        try Snapshot.check(one.errors, "predict-absent-patients")
        #expect(one.status == 0)
        let none = ["predict", "hearts", "-m", "run-a", "run-c", "--split", "validation", "-o", "none"]
        let refused = try Program.run(none, in: root)
        try Snapshot.check(Snapshot.text(none, refused), "error-predict-no-common-split")
        #expect(refused.status == 1 && !root.appending(path: "none").exists)
    }
}
