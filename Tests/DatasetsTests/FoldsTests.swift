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
            let data = try DataSet(contentsOf: folder)
            #expect(data.duplicates().map { $0.map(\.id) } == [["f", "g"]])
            let folds = try Folds(of: data, count: 3)
            #expect(folds.folds.contains { $0.contains("f") && $0.contains("g") })
        }
    }
}
