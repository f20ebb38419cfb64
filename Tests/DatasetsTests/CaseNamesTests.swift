import Datasets
import Foundation
import TestSupport
import Testing

/// What cases and patients are called: one rule, whatever else lies beside them.
@Suite struct CaseNamesTests {
    @Test func framesAloneAreOneHeart() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "patient005")
            for name in ["frame01", "frame_12", "ED", "es"] {
                try Scan.write(folder, "\(name).nii", labels: Scan.labels(upTo: 1))
            }
            let names = ["patient005_ED", "patient005_es", "patient005_frame01", "patient005_frame_12"]
            for place in [root, folder] {
                let data = try Dataset(contentsOf: place)
                #expect(data.patients.map(\.id) == ["patient005"])
                #expect(data.cases.map(\.id).sorted() == names.sorted())
                #expect(Set(data.cases.compactMap(\.frame)) == [1, 12])
                #expect(Set(data.cases.compactMap(\.phase)) == [.ed, .es])
            }
        }
    }

    @Test func namesDoNotDependOnWhatElseIsThere() throws {
        try withTemporaryDirectory { root in
            let place = root.appending(path: "patient005")
            try Scan.write(place, "frame13.nii", labels: Scan.labels(upTo: 1))
            #expect(try Dataset(contentsOf: root).cases.map(\.id) == ["patient005_frame13"])
            try Scan.write(root.appending(path: "patient006"), "frame13.nii", labels: Scan.labels(upTo: 1))
            #expect(
                try Dataset(contentsOf: root).cases.map(\.id) == ["patient005_frame13", "patient006_frame13"])
        }
    }

    @Test(arguments: [
        ("patient005/patient005_frame01", "patient005", "patient005_frame01"),
        ("patient005/frame01", "patient005", "patient005_frame01"),
        ("patient005/PATIENT005_ED", "patient005", "PATIENT005_ED"),
        ("patient005/ED/scan", "patient005", "patient005_ED_scan"),
        ("patient005/ED/frame01", "patient005", "patient005_ED_frame01"),
        ("p1/p10_scan", "p1", "p1_p10_scan"),
        ("p1/p1_scan", "p1", "p1_scan"),
        ("anna/annalena", "anna", "anna_annalena"),
        ("site/emil/emil_first", "site/emil", "site_emil_first"),
        ("site/emil/site_emil_first", "site/emil", "site_emil_first"),
        ("site/emil/first", "site/emil", "site_emil_first"),
        ("one/two/three/four/x", "one/two/three/four", "one_two_three_four_x"),
        ("anna_sa_frame02", "anna", "anna_sa_frame02"),
        ("anna_la", "anna", "anna_la"),
        ("wireframe01", "wireframe01", "wireframe01"),
    ])
    func oneFile(path: String, patient: String, id: String) throws {
        try withTemporaryDirectory { root in
            let file = root.appending(path: path + ".nii")
            try Scan.write(
                file.deletingLastPathComponent(), file.lastPathComponent, labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == [patient])
            #expect(data.cases.map(\.id) == [id])
        }
    }

    @Test func whatLiesBelowAPatientIsThePatients() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root.appending(path: "anna"), "first.nii", labels: Scan.labels(upTo: 1))
            try Scan.write(root.appending(path: "anna/later"), "second.nii", labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["anna"])
            #expect(data.cases.map(\.id) == ["anna_first", "anna_later_second"])
        }
    }

    @Test func fiveFoldersDownIsTooFar() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root.appending(path: "a/b/c/d/e"), "x.nii", labels: Scan.labels(upTo: 1))
            #expect(throws: DatasetError.empty(path: root.relativePath)) { try Dataset(contentsOf: root) }
        }
    }

    @Test func aLinkToAFolderAboveLeadsNowhere() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root.appending(path: "anna"), "x.nii", labels: Scan.labels(upTo: 1))
            try FileManager.default.createSymbolicLink(
                at: root.appending(path: "anna/loop"), withDestinationURL: root)
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["anna_x"] && data.issues.isEmpty)
        }
    }

    @Test func picturesGoByTheSameRule() throws {
        try withTemporaryDirectory { root in
            for name in ["anna/1", "bert/2"] {
                try Picture.write(root.appending(path: "\(name).png"))
                try Picture.writeLabels(root.appending(path: "\(name)_mask.png"), [0, 1])
            }
            #expect(try Dataset(contentsOf: root).cases.map(\.id) == ["anna_1", "bert_2"])
        }
    }
}
