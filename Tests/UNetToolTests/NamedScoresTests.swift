import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// Scores of a dataset whose labels have other numbers than the model's, or no names.
@Suite(.serialized) struct NamedScoresTests {
    /// The hearts with labels numbered as `table` says, as pairs; returns the folder's name.
    private func write(_ name: String, _ table: [UInt8], prefix: String) throws -> URL {
        let root = try Workplace.root()
        let folder = root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 1...3 {
            for (frame, phase) in [("01", "ED"), ("07", "ES")] {
                let source = root.appending(
                    path: "hearts/patient00\(number)/patient00\(number)_frame\(frame).nii.gz")
                try NIfTIImage(contentsOf: source)
                    .write(to: folder.appending(path: "\(prefix)\(number)_\(phase).nii.gz"))
                let labels = try NIfTIImage(
                    contentsOf: source.deletingLastPathComponent().appending(
                        path: "patient00\(number)_frame\(frame)_gt.nii.gz")
                ).integers().map { table[Int($0)] }
                try SmallHearts.image(labels)
                    .write(to: folder.appending(path: "\(prefix)\(number)_\(phase)_gt.nii.gz"))
            }
        }
        return folder
    }

    private func unet(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, in: Workplace.root())
    }

    private func scores(_ file: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Workplace.root().appending(path: file))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// RV, MYO and LV are 1, 2 and 3 for the model, and 3, 2 and 1 in M&Ms.
    @Test func otherNumbersGiveTheSameScores() throws {
        _ = try write("straight", [0, 1, 2, 3], prefix: "h")
        _ = try write("turned", [0, 3, 2, 1], prefix: "h")
        let prediction = try unet(
            "predict", "straight", "--model", "run", "--output", "by-name", "--threads", "1",
            "--probabilities")
        #expect(prediction.status == 0)
        let straight = try unet(
            "evaluate", "--predictions", "by-name", "--truth", "straight", "--structures", "RV=1", "MYO=2",
            "LV=3", "--probabilities", "by-name", "--json", "straight.json")
        #expect(straight.status == 0 && straight.errors.isEmpty)
        let turned = try unet(
            "evaluate", "--predictions", "by-name", "--truth", "turned", "--structures", "LV=1", "MYO=2",
            "RV=3", "--probabilities", "by-name", "--json", "turned.json", "--csv", "turned.csv")
        #expect(turned.status == 0)
        #expect(
            turned.errors
                == "labels are matched by name: RV=1 MYO=2 LV=3 in the predictions, LV=1 MYO=2 RV=3 in turned\n"
        )
        let (one, other) = (try scores("straight.json"), try scores("turned.json"))
        for key in ["mean", "mean_by_phase", "clinical", "loss", "cases"] {
            let (a, b) = (try #require(one[key] as? NSObject), try #require(other[key] as? NSObject))
            #expect(a == b, "\(key)")
        }
        let matching = try #require((other["label_matching"] as? [[String: Any]])?.first)
        #expect(matching["basis"] as? String == "names" && matching["predictions"] as? Int == 6)
        let rows = try String(
            contentsOf: Workplace.root().appending(path: "turned.csv"), encoding: .utf8
        ).split(separator: "\r\n")
        #expect(rows.dropFirst().prefix(3).map { $0.split(separator: ",")[3] } == ["LV", "MYO", "RV"])
    }

    @Test func labelsWithoutNamesHaveNoClinicalNumbersAndThatIsSaid() throws {
        let folder = try write("unnamed", [0, 1, 2, 3], prefix: "x")
        let output = try Workplace.root().appending(path: "unnamed-out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        for number in 1...3 {
            for phase in ["ED", "ES"] {
                try NIfTIImage(contentsOf: folder.appending(path: "x\(number)_\(phase)_gt.nii.gz"))
                    .write(to: output.appending(path: "x\(number)_\(phase)_pred.nii.gz"))
            }
        }
        let result = try unet(
            "evaluate", "--predictions", "unnamed-out", "--truth", "unnamed", "--json", "unnamed.json")
        #expect(result.status == 0)
        #expect(!result.output.contains("Clinical"))
        try Snapshot.check(result.errors, "evaluate-unnamed")
        let note = try #require(try scores("unnamed.json")["clinical_note"] as? String)
        #expect(note.hasPrefix("no clinical numbers, because no structure is called RV, MYO or LV "))
        let named = try unet(
            "evaluate", "--predictions", "unnamed-out", "--truth", "unnamed", "--structures", "RV=1", "MYO=2",
            "LV=3", "--prediction-structures", "RV=1", "MYO=2", "LV=3")
        #expect(named.errors.isEmpty && named.output.contains("Clinical"))
    }
}
