import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
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
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(audit.patients == 2 && audit.cases.count == 2)
            #expect(audit.totals.voxels == [6, 32, 18])
            #expect(audit.totals.emptySlices == 1)
            #expect(audit.totals.soleSlices == [1, 0, 0])
            #expect(audit.totals.slices == 4 && audit.totals.labeled == 2 && audit.totals.unknownPhase == 2)
            #expect(audit.duplicates == [["patient001_frame01", "patient002_frame01"]])
            let labels = try #require(audit.cases[0].labels)
            #expect(labels.voxels == [6, 16, 9])
            #expect(abs(try #require(labels.milliliters[2]) - 9 * 22.5 / 1000) < 1e-12)
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
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(try #require(audit.cases[0].labels).milliliters == [nil, nil])
            #expect(audit.description.contains("1 = label 1: 2 voxels\n"))
            #expect(try JSONDecoder().decode(Audit.self, from: JSONEncoder().encode(audit)) == audit)
        }
    }

    @Test func swappedNamesAreAProblem() throws {
        try withTemporaryDirectory { root in
            // Lecture notes' order: 1 left ventricle, 2 right ventricle, 3 myocardium.
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 1, outer: 3, side: 2))
            let audit = try Audit(of: Dataset(contentsOf: root))
            let likely = [
                Structure(name: "LV", label: 1), Structure(name: "RV", label: 2),
                Structure(name: "MYO", label: 3),
            ]
            #expect(audit.anatomy.likelyNames == likely)
            let sentence =
                "\(root.relativePath): the label names look swapped: label 1, named RV, is enclosed by label 3, named LV, "
                + "along 100.0% of its border, as the left ventricle is by the myocardium; likely names are LV = 1, "
                + "RV = 2, MYO = 3."
            #expect(audit.problems.map(\.kind) == [.names] && audit.problems.map(\.message) == [sentence])
            #expect(audit.description.hasSuffix("\nproblems    \(sentence)"))
            #expect(!audit.description.contains("\nanatomy"))

            // The same names where they belong.
            let data = try Dataset(contentsOf: root, structures: likely)
            #expect(Audit(of: data).problems.isEmpty)
        }
    }

    @Test func aScarInTheMyocardiumSwapsNothing() {
        let structures = [
            Structure(name: "LV", label: 1), Structure(name: "MYO", label: 2),
            Structure(name: "SCAR", label: 3),
        ]
        func anatomy(ventricle: [Int]) -> Anatomy {
            Anatomy(
                structures: structures,
                contacts: LabelContacts(counts: [[0, 0, 0, 0], ventricle, [90, 80, 0, 19], [1, 0, 19, 0]]))
        }
        // The scar is enclosed more closely than the cavity, of which a fifth of the border is scar.
        guard case .enclosed(let inner, let outer, let fraction) = anatomy(ventricle: [10, 0, 70, 20]) else {
            Issue.record("the names are right")
            return
        }
        #expect(inner.name == "LV" && outer.name == "MYO" && fraction == 0.7)
        #expect(anatomy(ventricle: [60, 0, 40, 0]).likelyNames?.map(\.name) == ["SCAR", "MYO", "LV"])
    }

    @Test func otherLabelsAreNotJudged() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", seed: 1, labels: heart(inner: 0, outer: 0, side: 4))
            #expect(try Audit(of: Dataset(contentsOf: root)).anatomy == .unclear)
        }
    }

    @Test func oneBadFileDoesNotHideTheOthers() throws {
        try withTemporaryDirectory { root in
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            try write(root, "patient002_frame01", seed: 2, labels: heart(inner: 9, outer: 2, side: 1))
            try write(root, "patient003_frame01", seed: 3, labels: heart(inner: 3, outer: 2, side: 1))
            let broken = root.appending(path: "patient003_frame01.nii.gz")
            try Data("no image".utf8).write(to: broken)
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(audit.totals.failed == 2 && audit.totals.labeled == 1)
            #expect(audit.cases[1].image != nil && audit.cases[2].image == nil)
            #expect(audit.problems.map(\.kind) == [.unusable, .unusable])
            #expect(audit.problems.map(\.case) == ["patient002_frame01", "patient003_frame01"])
            #expect(audit.description.hasSuffix("\n            2 problems in all"))
            let path = root.appending(path: "patient002_frame01_gt.nii.gz").relativePath
            #expect(
                audit.cases[1].error
                    == "\(path) has the label 9, but the dataset's are 0 (background), 1, 2, 3; correct the file, or name "
                    + "its labels in labels.json.")
            #expect(audit.cases[2].error?.hasPrefix(broken.relativePath) == true)
        }
    }

    @Test func printsLines() throws {
        try withTemporaryDirectory { root in
            try write(root, "patient001_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            try Scan.write(root, "patient002_frame01.nii.gz", as: Float.self)
            let audit = try Audit(of: Dataset(contentsOf: root))
            let path = root.appending(path: "patient002_frame01.nii.gz").relativePath
            #expect(
                audit.description == """
                    \(root.relativePath): pairs, 2 patients, 2 cases, 4 slices
                    patients    patient001, patient002
                    phases      unknown 2; 1 with labels
                    slices      2 per case
                    in plane    20 × 10 (1), 6 × 5 (1) pixels
                    spacing     1.5 mm in plane; 10 (2) mm between slices
                    stored as   float32 (1), int16 (1)
                    intensity   1 to 99; the brightest voxel has up to 1.0 times the 99th percentile
                    labels      1 = RV: 6 voxels, 0.1 ml, mean 0.1 ml
                                2 = MYO: 16 voxels, 0.4 ml, mean 0.4 ml
                                3 = LV: 9 voxels, 0.2 ml, mean 0.2 ml
                    unlabeled   0 slices without any label, 1 slice with only RV
                    anatomy     LV (3) is enclosed by MYO (2) along 100.0% of its border, as the left ventricle is by the myocardium
                    problems    \(path) has no labels; it can be predicted, but not trained on or scored.
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
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(
                audit.description == """
                    \(root.relativePath): images, 2 images
                    names       a, b
                    labeled     2 of 2 images
                    in plane    4 × 3 (2) pixels
                    channels    3: red, green, blue
                    stored as   uint8 (2)
                    intensity   0 to 66; the brightest pixel has up to 1.0 times the 99th percentile
                    labels      255 = foreground: 8 pixels, 33.3% of the labeled images
                    unlabeled   0 images without any label
                    identical   a = b
                    problems    none
                    """)
        }
    }

    @Test func patientsAreListedAsTheyCanBeHeldOut() throws {
        func text(_ names: [String]) -> String { NameList(names: names).description }
        #expect(text(["a"]) == "a")
        #expect(text((1...100).map { String(format: "patient%03d", $0) }) == "patient001 … patient100")
        #expect(text(["p1", "p3", "p4", "p5", "p10", "p2", "anna"]) == "anna, p1 … p5, p10")
        #expect(text(["p8", "p9", "p10", "p12", "p13"]) == "p8 … p10, p12, p13")
        // Names that no counting gives.
        #expect(text(["p009", "p10", "p011"]) == "p009, p10, p011")
        #expect(text(["p09", "p010", "q"]) == "p09, p010, q")
        #expect(
            text((0..<14).map { "p\(3 * $0)" }) == (0..<12).map { "p\(3 * $0), " }.joined() + "and 2 more")

        try withTemporaryDirectory { root in
            for name in ["ben", "anna"] {
                try write(root, "\(name)_frame01", seed: 1, labels: heart(inner: 3, outer: 2, side: 1))
            }
            let data = try Dataset(contentsOf: root)
            let audit = Audit(of: data)
            #expect(audit.patientNames == data.patients.map(\.id))
            #expect(audit.description.contains("\npatients    anna, ben\n"))
        }
    }
}
