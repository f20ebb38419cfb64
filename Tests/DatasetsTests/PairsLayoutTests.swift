import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct PairsLayoutTests {
    @Test func findsLabelsByTheirEndings() throws {
        try withTemporaryDirectory { root in
            let labels = Scan.labels(upTo: 2)
            for (name, reference) in [
                ("a", "a_gt.nii.gz"), ("b", "b-gt.nii"), ("c", "c_seg.nii.gz"), ("d", nil),
            ] {
                try Scan.write(root, "\(name).nii.gz")
                if let reference { try Scan.write(root, reference, voxels: labels) }
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .pairs)
            #expect(data.cases.map(\.id) == ["a", "b", "c", "d"])
            #expect(
                data.cases.map { $0.reference?.lastPathComponent } == [
                    "a_gt.nii.gz", "b-gt.nii", "c_seg.nii.gz", nil,
                ])
            #expect(
                data.structures == [
                    Structure(name: "label 1", label: 1), Structure(name: "label 2", label: 2),
                ])
            #expect(data.issues == [.missingReference(image: data.cases[3].image.relativePath)])
        }
    }

    @Test func imagesAndLabelsMayHaveFoldersOfTheirOwn() throws {
        try withTemporaryDirectory { root in
            let (images, labels) = (root.appending(path: "images"), root.appending(path: "labels"))
            for name in ["anna_ED", "anna_ES", "bert", "carl"] { try Scan.write(images, "\(name).nii.gz") }
            for name in ["anna_ED.nii.gz", "anna_ES_gt.nii.gz", "bert.nii", "bert_seg.nii", "lost.nii"] {
                try Scan.write(labels, name, voxels: Scan.labels(upTo: 2))
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .pairs && data.patients.map(\.id) == ["anna", "bert", "carl"])
            #expect(
                data.cases.map { $0.reference?.lastPathComponent } == [
                    "anna_ED.nii.gz", "anna_ES_gt.nii.gz", "bert.nii", nil,
                ])
            #expect(data.cases.map(\.phase) == [.ed, .es, nil, nil])
            #expect(try data.load(data.cases[0]).labels?.labels == Scan.labels(upTo: 2))
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                data.sentences == [
                    "\(path("labels/lost.nii")) contains the labels of a missing image; it is skipped.",
                    "\(path("labels/bert_seg.nii")) and \(path("labels/bert.nii")) label the same image, so only the latter is used; remove one of them.",
                    "\(path("images/carl.nii.gz")) has no labels; it can be predicted, but not trained on or scored.",
                ])
        }
    }

    @Test func aFolderCalledImagesIsNoReasonToMissScans() throws {
        let labels = Scan.labels(upTo: 1)
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz", labels: labels)
            for folder in ["images", "labels"] {
                try Picture.write(root.appending(path: "\(folder)/screenshot.png"))
            }
            #expect(try Dataset(contentsOf: root).cases.map(\.id) == ["a"])
        }
        try withTemporaryDirectory { root in
            try Scan.write(root.appending(path: "images/anna"), "a.nii.gz", labels: labels)
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["images_anna_a"] && data.cases[0].reference != nil)
        }
    }

    @Test func foldersOfImagesAndLabelsThatShareNoName() throws {
        try withTemporaryDirectory { root in
            let (images, labels) = (root.appending(path: "images"), root.appending(path: "labels"))
            try Scan.write(images, "heart1.nii.gz")
            try Scan.write(labels, "truth2.nii.gz", voxels: Scan.labels(upTo: 2))
            try Scan.write(labels, "truth1.nii.gz", voxels: Scan.labels(upTo: 2))
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(images.relativePath) and \(labels.relativePath) have no file name in common (heart1.nii.gz and truth1.nii.gz, for example); give each image and its labels the same name, or end the names of labels with _gt."
            )
        }
    }

    @Test func namesTellPatientsAndPhases() throws {
        try withTemporaryDirectory { root in
            for name in ["anna_ED", "anna_ES", "bert_frame03", "bert_frame12", "carl"] {
                try Scan.write(root, "\(name).nii.gz", labels: Scan.labels(upTo: 1))
            }
            try Scan.write(root.appending(path: "dora"), "first.nii", labels: Scan.labels(upTo: 1))
            try Scan.write(root.appending(path: "dora"), "second.nii", labels: Scan.labels(upTo: 1))
            try Scan.write(root.appending(path: "site/emil"), "first.nii", labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["anna", "bert", "carl", "dora", "site/emil"])
            #expect(data.patients.map { $0.cases.map(\.phase) }[0...1] == [[.ed, .es], [nil, nil]])
            #expect(data.patients[1].cases.map(\.frame) == [3, 12])
            #expect(data.patients[3].cases.map(\.id) == ["dora_first", "dora_second"])
            #expect(data.patients[4].cases.map(\.id) == ["site_emil_first"])
        }
    }

    @Test func leavesAsideWhatIsNoCase() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz", labels: Scan.labels(upTo: 1))
            try Scan.write(root, "a_seg.nii.gz", voxels: Scan.labels(upTo: 1))
            try Scan.write(root, "a_pred.nii.gz", voxels: Scan.labels(upTo: 1))
            try Scan.write(root, "lost_gt.nii.gz", voxels: Scan.labels(upTo: 1))
            try Scan.write(root, ".hidden.nii.gz")
            try Scan.write(
                root, "z_4d.nii", voxels: [Int16](repeating: 0, count: 120), dimensions: [6, 5, 2, 2],
                spacing: [1, 1, 1, 1])
            try Scan.write(root, "z_frame02.nii", labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["a", "z_frame02"])
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                data.issues.map(\.description) == [
                    "\(path("lost_gt.nii.gz")) contains the labels of a missing image; it is skipped.",
                    "\(path("a_seg.nii.gz")) and \(path("a_gt.nii.gz")) label the same image, so only the latter is used; remove one of them.",
                    "\(path("a_pred.nii.gz")) is a prediction; it is skipped.",
                    "\(path("z_4d.nii")) is a series of 2 frames; it is skipped, because its frames also exist as separate files.",
                ])
            #expect(data.issues.map(\.isNote) == [false, false, true, true])
        }
    }

    @Test func namesOfACDCBringItsStructures() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "patient101_frame01.nii.gz", labels: Scan.labels(upTo: 3))
            #expect(try Dataset(contentsOf: root).structures == Dataset.acdcStructures)
        }
    }

    @Test func structuresAreToldByFileOrCaller() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            let file = root.appending(path: "labels.json")
            try Data(#"{"labels": {"background": 0, "LV": 1, "RV": 2, "MYO": 3}}"#.utf8).write(to: file)
            #expect(try Dataset(contentsOf: root).structures.map(\.name) == ["LV", "RV", "MYO"])
            let own = [Structure(name: "heart", label: 3)]
            #expect(try Dataset(contentsOf: root, structures: own).structures == own)
        }
    }

    @Test(arguments: [
        ("[]", "is not {\"labels\": {\"NAME\": NUMBER, …}}"),
        (#"{"labels": {"A": 300}}"#, "gives A the label 300, not 1 to 255"),
        (#"{"labels": {"A": 1, "B": 1}}"#, "gives A and B the same label 1"),
        (#"{"labels": {"background": 0}}"#, "names no structure"),
    ])
    func badDescriptions(json: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            let file = root.appending(path: "labels.json")
            try Data(json.utf8).write(to: file)
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(
                error?.description
                    == "\(file.relativePath) \(reason); correct it, or remove it to use the layout's default names."
            )
        }
    }

    @Test func wrongFolders() throws {
        try withTemporaryDirectory { root in
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(
                error?.description
                    == "\(root.relativePath) contains no scans; specify a folder of ACDC's patient folders (or its training folder), of images X.nii.gz with labels X_gt.nii.gz, of pictures with masks, or in the layout of nnU-Net, the Decathlon, or the Cell Tracking Challenge."
            )
            let missing = root.appending(path: "nothing")
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: missing) }?.description
                    == "\(missing.relativePath) does not exist; specify the folder that contains the scans.")
            try Scan.write(root, "a.nii")
            let file = root.appending(path: "a.nii")
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: file) }?.description
                    == "\(file.relativePath) is a file; specify the folder that contains the scans.")
        }
    }
}
