import Foundation
import NIfTI
import Testing

/// What a person is told about labels that are wrong as a whole: elsewhere, misnamed, or exchanged with the image.
@Suite(.serialized) struct LabelProblemTests {
    private func files(_ data: URL, _ patient: Int, _ frame: String) -> (image: URL, labels: URL) {
        let name = "patient00\(patient)/patient00\(patient)_frame\(frame)"
        return (data.appending(path: "\(name).nii.gz"), data.appending(path: "\(name)_gt.nii.gz"))
    }

    private func change(_ file: URL, _ body: (inout [Double]) -> Void) throws {
        var image = try NIfTIImage(contentsOf: file)
        var affine = image.header.affine
        body(&affine)
        image.header.setSform(affine, code: 2)
        try image.write(to: file)
    }

    @Test func labelsThatLieElsewhere() throws {
        let root = try Workplace.root()
        let data = root.appending(path: "moved")
        try SmallHearts.write(data, patients: 4)
        try change(files(data, 1, "01").labels) { $0[3] += 30 }
        try change(files(data, 2, "07").labels) { $0[0].negate() }
        try change(files(data, 3, "01").labels) { $0[7] += 0.75 }

        let check = try Program.run(["check", "moved"], in: root)
        try Snapshot.check(Snapshot.text(["check", "moved"], check), "error-misplaced-check")
        #expect(check.status == 1)
        #expect(try Program.run(["check", "moved", "--json"], in: root).status == 1)

        let arguments = ["train", "moved", "--output", "moved-run"] + Workplace.tiny
        let train = try Program.run(arguments, in: root)
        try Snapshot.check(Snapshot.text(arguments, train), "error-misplaced-train")
        #expect(train.status == 1)
        #expect(!root.appending(path: "moved-run").exists)

        let allowed = try Program.run(arguments + ["--allow-misplaced"], in: root)
        #expect(allowed.status == 0)
        let warnings = allowed.errors.split(separator: "\n").filter { $0.hasPrefix("warning:") }
        try Snapshot.check(warnings.joined(separator: "\n") + "\n", "error-misplaced-allowed")

        #expect(
            try Program.run(
                ["predict", "hearts", "--model", "run", "--output", "moved-predictions", "--threads", "1"],
                in: root
            ).status == 0)
        let scores = try Program.run(
            ["evaluate", "--predictions", "moved-predictions", "--truth", "moved"], in: root)
        try Snapshot.check(scores.errors, "error-misplaced-scores")
        #expect(scores.status == 0)
    }

    @Test func namesThatTheAnatomyContradicts() throws {
        let root = try Workplace.root()
        // The order of the lecture notes.
        let names = ["--structures", "LV=1", "RV=2", "MYO=3"]
        let arguments = ["check", "hearts"] + names
        let check = try Program.run(arguments, in: root)
        try Snapshot.check(Snapshot.text(arguments, check), "error-swapped-names-check")
        #expect(check.status == 1)

        let json = try Program.run(arguments + ["--json"], in: root)
        #expect(json.status == 1)
        let audit = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let problems = try #require(audit["problems"] as? [[String: Any]])
        #expect(problems.map { $0["kind"] as? String } == ["names"])
        #expect(audit["patientNames"] as? [String] == ["patient001", "patient002", "patient003"])

        let train = try Program.run(
            ["train", "hearts", "--output", "misnamed-run"] + names + Workplace.tiny, in: root)
        #expect(train.status == 0)
        let warnings = train.errors.split(separator: "\n").filter { $0.hasPrefix("warning:") }
        try Snapshot.check(warnings.joined(separator: "\n") + "\n", "error-swapped-names-train")
    }

    @Test func imagesInThePlaceOfTheirLabels() throws {
        let root = try Workplace.root()
        let data = root.appending(path: "exchanged")
        try SmallHearts.write(data, patients: 2)
        for patient in 1...2 {
            for frame in ["01", "07"] {
                let (image, labels) = files(data, patient, frame)
                let aside = data.appending(path: "aside")
                try FileManager.default.moveItem(at: image, to: aside)
                try FileManager.default.moveItem(at: labels, to: image)
                try FileManager.default.moveItem(at: aside, to: labels)
            }
        }
        let check = try Program.run(["check", "exchanged"], in: root)
        try Snapshot.check(Snapshot.text(["check", "exchanged"], check), "error-exchanged-check")
        #expect(check.status == 1)

        let arguments = ["train", "exchanged", "--output", "exchanged-run"] + Workplace.tiny
        let train = try Program.run(arguments, in: root)
        try Snapshot.check(Snapshot.text(arguments, train), "error-exchanged-train")
        #expect(train.status == 1)
        #expect(!root.appending(path: "exchanged-run").exists)
    }
}
