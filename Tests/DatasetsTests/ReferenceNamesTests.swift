import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

/// Label files that say in their headers what their labels are, as this program's predictions do.
@Suite struct ReferenceNamesTests {
    private static func list(_ pairs: (String, UInt8)...) -> [Structure] {
        pairs.map { Structure(name: $0.0, label: $0.1) }
    }
    private static let ours = list(("RV", 1), ("MYO", 2), ("LV", 3))
    /// The same structures with other numbers, as M&Ms has them.
    private static let theirs = list(("LV", 1), ("MYO", 2), ("RV", 3))

    private func write(_ root: URL, _ name: String, named structures: [Structure]?, seed: UInt64 = 1) throws {
        try Scan.write(root, "\(name).nii.gz", seed: seed)
        var image = NIfTIImage(
            voxels: Scan.labels(upTo: 3), dimensions: [6, 5, 2], spacing: [1.5, 1.5, 10])
        if let structures { image = image.naming(structures) }
        try image.write(to: root.appending(path: "\(name)_gt.nii.gz"))
    }

    private func describe(_ root: URL, _ structures: [Structure]) throws {
        let names = structures.map { "\"\($0.name)\": \($0.label)" }.joined(separator: ", ")
        try Data("{\"labels\": {\(names)}}".utf8).write(to: root.appending(path: "labels.json"))
    }

    @Test func otherNumbersOfTheSameNamesAreRefused() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", named: Self.ours)
            try write(root, "b", named: Self.theirs, seed: 2)
            try write(root, "c", named: nil, seed: 3)
            try describe(root, Self.ours)
            let data = try Dataset(contentsOf: root)
            _ = try data.load(data.cases[0])
            _ = try data.load(data.cases[2])
            let error = #expect(throws: DatasetError.self) { try data.load(data.cases[1]) }
            let path = root.appending(path: "b_gt.nii.gz").relativePath
            #expect(
                error?.description
                    == "\(path) names its labels LV=1 MYO=2 RV=3, which contradicts the dataset's RV=1 MYO=2 LV=3; "
                    + "correct the file, or the dataset's description.")
            #expect(error?.isOfUnknownLabels == true)
            let audit = Audit(of: data)
            #expect(audit.problems.map(\.case) == ["b"] && audit.totals.failed == 1)
            #expect(audit.cases[1].image != nil && audit.cases[1].labels == nil)
        }
    }

    @Test func otherNamesOfTheSameNumbersAreRefused() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", named: Self.list(("RV", 1), ("scar", 2), ("LV", 3)))
            try write(root, "b", named: Self.list(("rv", 1), ("Myo", 2), ("lv", 3)), seed: 2)
            try describe(root, Self.ours)
            let data = try Dataset(contentsOf: root)
            #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }
            // Letter case is no contradiction.
            _ = try data.load(data.cases[1])
        }
    }

    /// Whoever states the names takes them on; the audit still says what the file says.
    @Test func statedNamesOverrule() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", named: Self.theirs)
            let data = try Dataset(contentsOf: root, structures: Self.ours)
            let loaded = try data.load(data.cases[0])
            #expect(loaded.labels?.labels == Scan.labels(upTo: 3))
            #expect(loaded.overruledNames?.own == Self.theirs)
            let audit = Audit(of: data)
            #expect(audit.totals.failed == 0)
            let path = root.appending(path: "a_gt.nii.gz").relativePath
            #expect(
                audit.problems.filter { $0.case == "a" }.map(\.message) == [
                    "\(path) names its labels LV=1 MYO=2 RV=3, but they are used as RV=1 MYO=2 LV=3, as stated."
                ])
        }
    }

    @Test func namesOfTheFilesAreTheDatasets() throws {
        try withTemporaryDirectory { root in
            try write(root, "a", named: Self.ours)
            try write(root, "b", named: Self.theirs, seed: 2)
            try write(root, "c", named: Self.theirs, seed: 3)
            let data = try Dataset(contentsOf: root)
            #expect(data.structures == Self.theirs)
            #expect(Audit(of: data).problems.map(\.case) == ["a"])
            try FileManager.default.removeItem(at: root.appending(path: "a_gt.nii.gz"))
            try write(root, "d", named: Self.list(("LV", 1)), seed: 4)
            try write(root, "e", named: nil, seed: 5)
            #expect(try Dataset(contentsOf: root).structures == Self.theirs)
        }
    }

    @Test(arguments: Conversion.Target.allCases)
    func conversionsNameTheirLabels(target: Conversion.Target) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            // Numbers with gaps become 1, 2, 3, which the file must not contradict.
            let structures = Self.list(("RV", 1), ("MYO", 2), ("LV", 7))
            try Scan.write(source, "a.nii.gz")
            let labels = Scan.labels(upTo: 3).map { $0 == 3 ? 7 : $0 }
            try NIfTIImage(voxels: labels, dimensions: [6, 5, 2], spacing: [1.5, 1.5, 10])
                .naming(structures).write(to: source.appending(path: "a_gt.nii.gz"))
            try describe(source, structures)
            let output = root.appending(path: "out")
            _ = try Conversion(Dataset(contentsOf: source), to: target).write(to: output)
            let back = try Dataset(contentsOf: output)
            let reference = try #require(back.cases[0].reference)
            #expect(try NIfTIHeader(contentsOf: reference).structures == Self.ours)
            #expect(try back.load(back.cases[0]).labels?.labels == Scan.labels(upTo: 3))
        }
    }

    @Test func namesThatWereOverruledAreNotCopied() throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try write(source, "a", named: Self.theirs)
            try write(source, "b", named: Self.ours, seed: 2)
            let data = try Dataset(contentsOf: source, structures: Self.ours)
            let output = root.appending(path: "out")
            let result = try Conversion(data, to: .nnunet).write(to: output)
            #expect(result.copied == 3 && result.rewritten == 1)
            let back = try Dataset(contentsOf: output)
            for item in back.cases {
                #expect(try NIfTIHeader(contentsOf: #require(item.reference)).structures == Self.ours)
                #expect(try back.load(item).labels?.labels == Scan.labels(upTo: 3))
            }
        }
    }
}
