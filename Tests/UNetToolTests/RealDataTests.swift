import Foundation
import NIfTI
import TestSupport
import Testing

@Suite(.serialized, .enabled("needs ACDC_ROOT") { RealData.acdc != nil }) struct RealDataTests {
    private func training() throws -> URL { try #require(RealData.acdc).appending(path: "training") }

    @Test func checkFindsAllPatients() throws {
        let path = try training().path(percentEncoded: false)
        let result = try withTemporaryDirectory { try Program.run(["check", path, "--json"], in: $0) }
        #expect(result.status == 0)
        let audit = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(audit["patients"] as? Int == 100)
        #expect(audit["groups"] as? [String: Int] == ["DCM": 20, "HCM": 20, "MINF": 20, "NOR": 20, "RV": 20])
        let totals = try #require(audit["totals"] as? [String: Any])
        #expect(totals["slices"] as? Int == 1902)
        #expect(totals["labeled"] as? Int == 200)
        #expect(totals["emptySlices"] as? Int == 61)
        #expect(totals["failed"] as? Int == 0)
        let duplicates = try #require(audit["duplicates"] as? [[String]])
        #expect(duplicates.flatMap(\.self).contains { $0.hasPrefix("patient074") })
    }

    @Test func predictionsKeepTheGeometryOfRealScans() throws {
        let patient = try training().appending(path: "patient001")
        let root = try Workplace.root()
        let result = try Program.run(
            [
                "predict", patient.path(percentEncoded: false), "--model", "run", "--output", "real",
                "--threads", "1",
            ], in: root)
        #expect(result.status == 0)
        let scans = try FileManager.default.contentsOfDirectory(at: patient, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.contains(#/_frame\d+\.nii/#) }
        #expect(scans.count == 2)
        for scan in scans {
            let stem = try #require(scan.lastPathComponent.split(separator: ".").first)
            let prediction = root.appending(path: "real/\(stem)_pred.nii.gz")
            let (input, output) = (try plain(scan, in: root), try plain(prediction, in: root))
            // dim, pixdim, xyzt_units, and from qform_code to srow_z.
            for range in [40..<56, 76..<108, 123..<124, 252..<328] {
                #expect(output[range] == input[range], "bytes \(range) of \(stem)")
            }
        }
        // Real predictions pair with the real truth, and their orientation is that of its files.
        let scores = try Program.run(
            ["evaluate", "--predictions", "real", "--truth", try training().path(percentEncoded: false)],
            in: root)
        #expect(scores.status == 0)
        #expect(!scores.errors.contains("warning"))
        #expect(scores.errors == "198 cases of the dataset have no prediction and are not scored\n")
    }

    /// The bytes of a file without compression.
    private func plain(_ file: URL, in root: URL) throws -> Data {
        let copy = root.appending(path: "plain.nii")
        try NIfTIImage(contentsOf: file).write(to: copy)
        return try Data(contentsOf: copy)
    }
}
