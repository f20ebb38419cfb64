import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct FoldsTests {
    /// A hundred patients in blocks by group, as in ACDC.
    private let patients = (1...100).map { number in
        (
            id: "patient" + String(format: "%03d", number),
            group: Optional(["DCM", "HCM", "MINF", "NOR", "RV"][(number - 1) / 20])
        )
    }

    @Test(arguments: [UInt64(0), 1, 2, 99])
    func everyFoldHasTheSameMix(seed: UInt64) throws {
        let pairs = [["patient074", "patient076"]]
        let folds = try Folds(patients: patients, together: pairs, seed: seed)
        #expect(folds.count == 5)
        #expect(folds.folds.flatMap { $0 }.sorted() == patients.map(\.id))
        let groups = Dictionary(uniqueKeysWithValues: patients.map { ($0.id, $0.group!) })
        for fold in 0..<5 {
            let counts = Dictionary(grouping: folds.validation(fold)) { groups[$0]! }.mapValues(\.count)
            #expect(counts == ["DCM": 4, "HCM": 4, "MINF": 4, "NOR": 4, "RV": 4])
            #expect(Set(folds.training(fold)).isDisjoint(with: folds.validation(fold)))
            #expect(folds.training(fold).count == 80)
            #expect(
                folds.validation(fold).contains("patient074") == folds.validation(fold).contains("patient076")
            )
        }
    }

    @Test func theSeedDecides() throws {
        let first = try Folds(patients: patients, seed: 1)
        #expect(try Folds(patients: patients.reversed(), seed: 1) == first)
        #expect(try Folds(patients: patients, seed: 2) != first)
    }

    @Test func chainsOfDuplicatesStayTogether() throws {
        let chain = [
            ["patient001", "patient050"], ["patient050", "patient099"], ["stranger", "patient099"],
        ]
        let folds = try Folds(patients: patients, together: chain, count: 10)
        let home = folds.folds.filter {
            !$0.filter(["patient001", "patient050", "patient099"].contains).isEmpty
        }
        #expect(home.count == 1)
    }

    @Test(arguments: [7, 11, 23])
    func foldsDifferByOnePatientAtMost(count: Int) throws {
        let folds = try Folds(patients: patients.map { ($0.id, nil) }, count: count)
        let sizes = folds.folds.map(\.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
    }

    @Test func tooFewPatients() {
        let error = #expect(throws: DatasetError.self) {
            try Folds(patients: [("a", nil), ("b", nil), ("c", nil)], together: [["a", "b"]], count: 3)
        }
        #expect(
            error?.description
                == "3 folds need at least 3 patients, but there are 2; use fewer folds or add patients.")
    }

    @Test(arguments: [1, 0, -3]) func fewerThanTwoFoldsAreRefused(count: Int) {
        #expect(throws: DatasetError.foldCount(count)) { try Folds(patients: [("a", nil)], count: count) }
        #expect(throws: DatasetError.foldCount(count)) { try Folds(blocksOf: ["a"], count: count) }
    }

    @Test func survivesJSON() throws {
        let folds = try Folds(patients: patients, seed: 4)
        #expect(try JSONDecoder().decode(Folds.self, from: JSONEncoder().encode(folds)) == folds)
    }

    @Test func identicalImagesAreFoundHoweverStored() throws {
        try withTemporaryDirectory { folder in
            for name in ["a", "b", "c", "d", "e", "f"] {
                try Scan.write(folder, "\(name).nii.gz", seed: name == "f" ? 0 : UInt64(name.utf8.first!))
            }
            try Scan.write(folder, "g.nii", seed: 0, as: Float.self)
            let data = try Dataset(contentsOf: folder)
            #expect(data.duplicates().map { $0.map(\.id) } == [["f", "g"]])
            let folds = try Folds(of: data, count: 3)
            #expect(folds.folds.contains { $0.contains("f") && $0.contains("g") })
        }
    }

    /// More voxels than a sketch of an image looks at.
    private let large = [64, 64, 6]

    @Test func imagesThatBeginAlikeAreComparedToTheirEnd() throws {
        try withTemporaryDirectory { folder in
            let voxels = (0..<64 * 64 * 6).map { Int16($0 % 321) }
            var other = voxels
            other[other.count - 1] += 1
            try Scan.write(folder, "a.nii.gz", voxels: voxels, dimensions: large)
            try Scan.write(folder, "b.nii.gz", voxels: other, dimensions: large)
            try Scan.write(folder, "c.nii", voxels: voxels.map { Float($0) }, dimensions: large)
            // Another shape of the same numbers.
            try Scan.write(folder, "d.nii.gz", voxels: voxels, dimensions: [64, 96, 4])
            let found = try Dataset(contentsOf: folder).duplicates()
            #expect(found.map { $0.map(\.id) } == [["a", "c"]])
        }
    }

    @Test func aFrameOfASeriesMayBeAFileAsWell() throws {
        try withTemporaryDirectory { folder in
            let size = 64 * 64 * 6
            let voxels = (0..<2 * size).map { Int16($0 % 321) }
            var labels = [UInt8](repeating: 0, count: 2 * size)
            labels[size + 5] = 1
            try Scan.write(
                folder, "a.nii.gz", voxels: voxels, dimensions: large + [2], spacing: [1.5, 1.5, 10, 1])
            try Scan.write(
                folder, "a_gt.nii.gz", voxels: labels, dimensions: large + [2], spacing: [1.5, 1.5, 10, 1])
            try Scan.write(folder, "b.nii", voxels: Array(voxels[size...]), dimensions: large)
            let found = try Dataset(contentsOf: folder).duplicates()
            #expect(found.map { $0.map(\.id) } == [["a_frame02", "b"]])
        }
    }

    @Test func imagesAreFoundWithoutALookAtTheirLabels() throws {
        try withTemporaryDirectory { folder in
            try Scan.write(folder, "a.nii.gz", labels: Scan.labels(upTo: 2))
            try Data("no NIfTI".utf8).write(to: folder.appending(path: "a_gt.nii.gz"))
            try Data("{".utf8).write(to: folder.appending(path: "labels.json"))
            let data = try Dataset(imagesIn: folder)
            #expect(data.cases.map(\.id) == ["a"] && data.structures.isEmpty)
            #expect(throws: DatasetError.self) { try Dataset(contentsOf: folder) }
        }
    }
}
