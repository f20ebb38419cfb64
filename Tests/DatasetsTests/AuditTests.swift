import Datasets
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

@Suite struct AuditTests {
    /// A ring of `outer` around `inner` in the first slice, and a spot of `side` beside it in both.
    private func heart(inner: UInt8, outer: UInt8, side: UInt8) -> [UInt8] {
        var labels = [UInt8](repeating: 0, count: 400)
        for y in 2..<7 { for x in 2..<7 { labels[y * 20 + x] = outer } }
        for y in 3..<6 { for x in 3..<6 { labels[y * 20 + x] = inner } }
        for z in 0..<2 { for x in 9..<12 { labels[z * 200 + 4 * 20 + x] = side } }
        return labels
    }

    private func write(_ root: URL, _ name: String, seed: UInt64, labels: [UInt8]) throws {
        var generator = SeededGenerator(seed: seed)
        let voxels = (0..<400).map { _ in Int16(generator.index(below: 100)) }
        try Scan.write(root, "\(name).nii.gz", voxels: voxels, dimensions: [20, 10, 2])
        try Scan.write(root, "\(name)_gt.nii.gz", voxels: labels, dimensions: [20, 10, 2])
    }

    @Test func countsWhatIsThere() throws {
        try withTemporaryDirectory { root in
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            try write(root, "patient002_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 0))
            let audit = try Audit(of: DataSet(contentsOf: root))
            #expect(audit.patients == 2 && audit.cases.count == 2)
            #expect(audit.totals.voxels == [6, 32, 18])
            #expect(audit.totals.emptySlices == 1)
            #expect(audit.totals.soleSlices == [1, 0, 0])
            #expect(audit.totals.slices == 4 && audit.totals.labelled == 2 && audit.totals.unknownPhase == 2)
            #expect(audit.duplicates == [["patient001_frame01", "patient002_frame01"]])
            let labels = try #require(audit.cases[0].labels)
            #expect(labels.voxels == [6, 16, 9])
            #expect(abs(try #require(labels.millilitres[2]) - 9 * 22.5 / 1000) < 1e-12)
            #expect(labels.contacts[3] == [0, 0, 12, 0])
            #expect(
                audit.anatomy
                    == .enclosed(
                        inner: Structure(name: "LV", label: 3), outer: Structure(name: "MYO", label: 2),
                        fraction: 1))
            let image = try #require(audit.cases[0].image)
            #expect(image.type == "int16" && image.width == 20 && image.height == 10 && image.slices == 2)
            #expect(try JSONDecoder().decode(Audit.self, from: JSONEncoder().encode(audit)) == audit)
        }
    }

    @Test func volumesThatNoNumberHoldsAreStillJSON() throws {
        try withTemporaryDirectory { root in
            for name in ["a", "a_gt"] {
                try NIfTIImage(
                    voxels: [0, 1, 2, 1] as [UInt8], dimensions: [2, 2, 1], spacing: [1e150, 1e150, 1e150],
                    version: .two
                ).write(to: root.appending(path: "\(name).nii"))
            }
            let audit = try Audit(of: DataSet(contentsOf: root))
            #expect(try #require(audit.cases[0].labels).millilitres == [nil, nil])
            #expect(audit.description.contains("1 = label 1: 2 voxels\n"))
            #expect(try JSONDecoder().decode(Audit.self, from: JSONEncoder().encode(audit)) == audit)
        }
    }

    @Test func swappedNamesAreSeen() throws {
        try withTemporaryDirectory { root in
            // Lecture notes' order: 1 left ventricle, 2 right ventricle, 3 myocardium.
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 1, outer: 3, side: 2))
            let audit = try Audit(of: DataSet(contentsOf: root))
            #expect(
                audit.anatomy.description
                    == "the names look swapped: label 1, named RV, is enclosed by label 3, named LV, along 100.0 % of its "
                    + "border, so it is the left ventricle inside the myocardium; likely names are LV = 1, RV = 2, MYO = 3 "
                    + "(say so in labels.json)")
        }
    }

    @Test func otherLabelsAreNotJudged() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", seed: 1, labels: heart(inner: 0, outer: 0, side: 4))
            #expect(try Audit(of: DataSet(contentsOf: root)).anatomy == .unclear)
        }
    }

    @Test func oneBadFileDoesNotHideTheOthers() throws {
        try withTemporaryDirectory { root in
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            try write(root, "patient002_frame01", seed: 2, labels: heart(inner: 9, outer: 2, side: 1))
            try write(root, "patient003_frame01", seed: 3, labels: heart(inner: 3, outer: 2, side: 1))
            let broken = root.appending(path: "patient003_frame01.nii.gz")
            try Data("no image".utf8).write(to: broken)
            let audit = try Audit(of: DataSet(contentsOf: root))
            #expect(audit.totals.failed == 2 && audit.totals.labelled == 1)
            #expect(audit.cases[1].image != nil && audit.cases[2].image == nil)
            let path = root.appending(path: "patient002_frame01_gt.nii.gz").relativePath
            #expect(
                audit.cases[1].error
                    == "\(path) has the label 9, and the data set's are 0 (background), 1, 2, 3; correct the file, or name "
                    + "its labels in labels.json.")
            #expect(audit.cases[2].error?.hasPrefix(broken.relativePath) == true)
        }
    }

    @Test func printsLines() throws {
        try withTemporaryDirectory { root in
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            try Scan.write(root, "patient002_frame01.nii.gz", as: Float.self)
            let audit = try Audit(of: DataSet(contentsOf: root))
            let path = root.appending(path: "patient002_frame01.nii.gz").relativePath
            #expect(
                audit.description == """
                    \(root.relativePath): pairs, 2 patients, 2 cases, 4 slices
                    phases      unknown 2; 1 with labels
                    slices      2 a case
                    in plane    20 × 10 (1), 6 × 5 (1) pixels
                    spacing     1.5 mm in plane; 10 (2) mm between slices
                    stored as   float32 (1), int16 (1)
                    intensity   1 to 99; the brightest voxel has up to 1.0 times the 99th percentile
                    labels      1 = RV: 6 voxels, 0.1 ml, mean 0.1 ml
                                2 = MYO: 16 voxels, 0.4 ml, mean 0.4 ml
                                3 = LV: 9 voxels, 0.2 ml, mean 0.2 ml
                    unlabelled  0 slices without any label, 1 slice with only RV
                    anatomy     LV (3) is enclosed by MYO (2) along 100.0 % of its border, as the left ventricle is by the myocardium
                    problems    \(path) has no labels: it can be predicted, not trained on or scored.
                    """)
        }
    }

    @Test func picturesHavePixelsAndChannels() throws {
        try withTemporaryDirectory { root in
            for name in ["a", "b"] {
                let samples = (0..<36).map { UInt8($0 * 2) }
                let file = root.appending(path: "images/\(name).png")
                try Picture.write(file)
                try PNGImage(width: 4, height: 3, format: .rgb, bytes: samples).write(to: file)
                try Picture.writeLabels(root.appending(path: "masks/\(name).png"), [0, 0, 255])
            }
            let audit = try Audit(of: DataSet(contentsOf: root))
            #expect(
                audit.description == """
                    \(root.relativePath): images, 2 images
                    labelled    2 of 2 images
                    in plane    4 × 3 (2) pixels
                    channels    3: red, green, blue
                    stored as   uint8 (2)
                    intensity   0 to 66; the brightest pixel has up to 1.0 times the 99th percentile
                    labels      255 = foreground: 8 pixels, 33.3 % of the labelled images
                    unlabelled  0 images without any label
                    identical   a = b
                    problems    none
                    """)
        }
    }
}
