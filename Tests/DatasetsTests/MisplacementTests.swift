import Datasets
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// Files of one case that by their headers lie elsewhere.
@Suite struct MisplacementTests {
    /// Moves the first voxel of the file by `shift` mm along the patient's axes, and turns its x around if told to.
    private func move(_ file: URL, by shift: [Double], mirrored: Bool = false) throws {
        var image = try NIfTIImage(contentsOf: file)
        var affine = image.header.affine
        for row in 0..<3 { affine[row * 4 + 3] += shift[row] }
        if mirrored { affine[0].negate() }
        image.header.setSform(affine, code: 1)
        try image.write(to: file)
    }

    @Test func labelsElsewhereAreReported() throws {
        try withTemporaryDirectory { root in
            for name in ["a", "b", "c", "d"] {
                try Scan.write(root, "\(name).nii.gz", seed: 1, labels: Scan.labels(upTo: 1))
            }
            try move(root.appending(path: "b_gt.nii.gz"), by: [30, 0, 0])
            try move(root.appending(path: "c_gt.nii.gz"), by: [0, 0, 0], mirrored: true)
            try move(root.appending(path: "d_gt.nii.gz"), by: [0, 0.75, 0])
            let data = try Dataset(contentsOf: root)
            let loaded = try data.cases.map { try data.load($0) }
            #expect(loaded.map(\.misplacements.count) == [0, 1, 1, 1])
            #expect(loaded.compactMap(\.misplacements.first?.offset.isCertain) == [true, true, false])
            #expect(loaded.allSatisfy { $0.labels != nil })

            let audit = Audit(of: data)
            #expect(audit.totals.failed == 0 && audit.totals.labeled == 4)
            #expect(audit.problems.map(\.kind) == [.misplaced, .misplaced, .misplaced])
            #expect(audit.problems.map(\.case) == ["b", "c", "d"])
            func sentence(_ name: String, _ offset: String) -> String {
                let (file, image) = (
                    root.appending(path: "\(name)_gt.nii.gz"), root.appending(path: "\(name).nii.gz")
                )
                return
                    "\(file.relativePath) and its image \(image.relativePath) lie \(offset) according to their "
                    + "headers; save the labels on the image's own grid, or correct the header that is wrong."
            }
            #expect(
                audit.problems.map(\.message) == [
                    sentence("b", "up to 30 mm apart (shifted by 30 mm)"),
                    sentence("c", "up to 15 mm apart (mirrored along x, shifted by 7.5 mm)"),
                    sentence("d", "up to 0.75 mm apart (shifted by 0.75 mm)"),
                ])
            #expect(try JSONDecoder().decode(Audit.self, from: JSONEncoder().encode(audit)) == audit)
        }
    }

    @Test func aHeaderThatSaysNothingIsNoFault() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii", labels: Scan.labels(upTo: 1))
            let file = root.appending(path: "a_gt.nii")
            var image = try NIfTIImage(contentsOf: file)
            image.header.setSform(image.header.sform.map { 2 - $0 }, code: 0)
            try image.write(to: file)
            #expect(try Audit(of: Dataset(contentsOf: root)).problems.isEmpty)
        }
    }

    @Test func channelsElsewhereAreReported() throws {
        try withTemporaryDirectory { root in
            for channel in 0..<3 {
                try Scan.write(
                    root.appending(path: "imagesTr"), "a_000\(channel).nii.gz", seed: UInt64(channel))
            }
            try Scan.write(root.appending(path: "labelsTr"), "a.nii.gz", voxels: Scan.labels(upTo: 1))
            let moved = root.appending(path: "imagesTr/a_0001.nii.gz")
            try move(moved, by: [0, 0, 40])
            try Data(
                """
                {"channel_names": {"0": "a", "1": "b", "2": "c"}, "labels": {"background": 0, "x": 1},
                 "numTraining": 1, "file_ending": ".nii.gz"}
                """.utf8
            ).write(to: root.appending(path: "dataset.json"))
            let audit = try Audit(of: Dataset(contentsOf: root))
            let first = root.appending(path: "imagesTr/a_0000.nii.gz")
            #expect(
                audit.problems.map(\.message) == [
                    "\(moved.relativePath) and the first channel \(first.relativePath) lie up to 40 mm apart (shifted by "
                        + "40 mm) according to their headers; use channels of one scan on one grid, or correct the header "
                        + "that is wrong."
                ])
        }
    }
}
