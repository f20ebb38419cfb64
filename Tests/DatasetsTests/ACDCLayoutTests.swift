import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct ACDCLayoutTests {
    @Test(arguments: ["", "training", "testing", "Training"])
    func findsPatients(part: String) throws {
        try withTemporaryDirectory { root in
            let place = part.isEmpty ? root : root.appending(path: part)
            try Scan.writePatient(place, "patient002")
            try Scan.writePatient(place, "patient001")
            try Scan.write(
                place.appending(path: "patient001"), "patient001_4d.nii.gz",
                voxels: [Int16](repeating: 0, count: 120),
                dimensions: [6, 5, 2, 2], spacing: [1.5, 1.5, 10, 1])
            try Data().write(to: place.appending(path: "patient001/._patient001_frame01.nii.gz"))
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .acdc)
            #expect(data.patients.map(\.id) == ["patient001", "patient002"])
            #expect(
                data.cases.map(\.id) == [
                    "patient001_frame01", "patient001_frame07", "patient002_frame01", "patient002_frame07",
                ])
            let patient = data.patients[0]
            #expect(patient.group == "DCM" && patient.heightCM == 180 && patient.weightKG == 80.5)
            #expect(patient.cases.map(\.phase) == [.ed, .es] && patient.cases.map(\.frame) == [1, 7])
            #expect(patient.cases[1].reference?.lastPathComponent == "patient001_frame07_gt.nii.gz")
            #expect(data.structures == Dataset.acdcStructures)
            #expect(data.cases(phases: .es).map(\.frame) == [7, 7])
            #expect(data.cases(phases: .both).count == 4)
            #expect(data.issues.isEmpty)
        }
    }

    @Test func testingPatientsStayOutWhereThereAreTrainingPatients() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root.appending(path: "training"), "patient001")
            try Scan.writePatient(root.appending(path: "testing"), "patient001")
            try Scan.writePatient(root.appending(path: "testing"), "patient101")
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["patient001"])
            #expect(data.cases[0].image.path.contains("/training/"))
            #expect(
                data.sentences == [
                    "\(root.appending(path: "testing").relativePath) contains test images, which are not used here; specify that folder to predict or score them."
                ])
        }
    }

    @Test func casesHaveNamesOfTheirOwn() throws {
        try withTemporaryDirectory { root in
            for patient in ["p1", "p2"] {
                let folder = root.appending(path: patient)
                for frame in ["01", "07"] {
                    try Scan.write(folder, "scan_frame\(frame).nii.gz", labels: Scan.labels(upTo: 3))
                }
                try Data("ED: 1\nES: 7\n".utf8).write(to: folder.appending(path: "Info.cfg"))
            }
            let data = try Dataset(contentsOf: root)
            #expect(
                data.cases.map(\.id) == [
                    "p1_scan_frame01", "p1_scan_frame07", "p2_scan_frame01", "p2_scan_frame07",
                ])
        }
    }

    @Test func patientsOfOneNameAreRefused() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            try Scan.writePatient(root.appending(path: "training"), "patient001")
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "\(root.relativePath) contains two patients or images named patient001; rename one of them."
            )
        }
    }

    @Test func onePatientsFolderWillDo() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient003")
            let data = try Dataset(contentsOf: root.appending(path: "patient003"))
            #expect(data.patients.map(\.id) == ["patient003"])
            #expect(data.cases.count == 2)
        }
    }

    @Test func aPatientWithoutInfoIsTakenAndReported() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            try Scan.writePatient(root, "patient002", info: nil)
            let data = try Dataset(contentsOf: root)
            #expect(data.patients[1].cases.map(\.phase) == [nil, nil])
            #expect(data.patients[1].cases.map(\.frame) == [1, 7])
            let folder = data.patients[1].folder.relativePath
            #expect(data.issues == [.noInfo(folder: folder)])
            #expect(
                data.issues[0].description
                    == "\(folder) has no Info.cfg; its labeled frames are used without phase or group.")
            #expect(data.cases(phases: .ed).map(\.patient) == ["patient001"])
        }
    }

    @Test(arguments: [
        ("ED: 1\n", "has no line \"ES:\""),
        ("ED: one\r\nES: 2\r\n", "says \"ED: one\" instead of a frame number"),
    ])
    func anInfoThatSaysNothing(info: String, reason: String) throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001", info: info)
            let data = try Dataset(contentsOf: root)
            let path = root.appending(path: "patient001/Info.cfg").relativePath
            #expect(data.cases.map(\.phase) == [nil, nil])
            #expect(data.issues == [.badInfo(path: path, reason: reason)])
            #expect(
                data.issues[0].description
                    == "\(path) \(reason); the folder's labeled frames are used without phase or group.")
        }
    }

    @Test func missingFilesAreNamed() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001", frames: ["01"])
            let folder = root.appending(path: "patient001")
            try FileManager.default.removeItem(at: folder.appending(path: "patient001_frame01_gt.nii.gz"))
            let data = try Dataset(contentsOf: root)
            let image = folder.appending(path: "patient001_frame01.nii.gz").relativePath
            let missing = folder.appending(path: "patient001_frame07.nii.gz").relativePath
            #expect(data.cases.map(\.reference) == [nil])
            #expect(
                data.issues.map(\.description) == [
                    "\(image) has no labels; it can be predicted, but not trained on or scored.",
                    "\(missing) is missing, although Info.cfg names it as ES; the frame is skipped.",
                ])
        }
    }

    @Test func bothEndingsOfOneNameAreReported() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            let folder = root.appending(path: "patient001")
            try Scan.write(folder, "patient001_frame01.nii")
            let data = try Dataset(contentsOf: root)
            #expect(data.cases[0].image.lastPathComponent == "patient001_frame01.nii.gz")
            let kept = folder.appending(path: "patient001_frame01.nii.gz").relativePath
            let ignored = folder.appending(path: "patient001_frame01.nii").relativePath
            #expect(
                data.issues.map(\.description) == [
                    "\(ignored) has the same name as \(kept), so only the latter is used; remove one of them."
                ])
        }
    }

    /// Another file of the same frame, whose name comes first, is not the patient's scan.
    @Test func theScanIsTheOneOfThePatientsName() throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001")
            let folder = root.appending(path: "patient001")
            try Scan.write(folder, "bias_frame01.nii.gz", labels: Scan.labels(upTo: 3))
            try Scan.write(folder, "flow_frame1.nii.gz")
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["patient001_frame01", "patient001_frame07"])
            let kept = folder.appending(path: "patient001_frame01.nii.gz").relativePath
            #expect(
                data.sentences
                    == ["bias_frame01", "flow_frame1"].map {
                        let other = folder.appending(path: "\($0).nii.gz").relativePath
                        return
                            "\(other) and \(kept) are both frame 1 of patient001, so only the latter is used; remove or rename "
                            + "the other."
                    })
            #expect(data.issues.allSatisfy { !$0.isNote })
        }
    }

    /// Where no name is the patient's, the one with labels is the scan.
    @Test func theScanIsTheOneWithLabels() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "patient001")
            try Scan.write(folder, "a_frame01.nii.gz")
            try Scan.write(folder, "b_frame01.nii.gz", labels: Scan.labels(upTo: 3))
            try Scan.write(folder, "b_frame07.nii.gz", labels: Scan.labels(upTo: 3))
            try Data("ED: 1\nES: 7\n".utf8).write(to: folder.appending(path: "Info.cfg"))
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.image.lastPathComponent) == ["b_frame01.nii.gz", "b_frame07.nii.gz"])
            #expect(data.issues.count == 1)
        }
    }

    /// Frames and their labels pair by their numbers, whatever zeros stand before them.
    @Test(arguments: [("frame013", "frame13"), ("frame13", "frame013"), ("frame13", "frame13")])
    func labelsPairByTheFramesNumber(image: String, labels: String) throws {
        try withTemporaryDirectory { root in
            try Scan.writePatient(root, "patient001", info: "ED: 1\nES: 13\n", frames: ["01"])
            let folder = root.appending(path: "patient001")
            try Scan.write(folder, "patient001_\(image).nii.gz")
            try Scan.write(folder, "patient001_\(labels)_gt.nii.gz", voxels: Scan.labels(upTo: 3))
            let data = try Dataset(contentsOf: root)
            #expect(data.issues.isEmpty)
            #expect(data.cases[1].reference?.lastPathComponent == "patient001_\(labels)_gt.nii.gz")
        }
    }

    @Test func labelsOfTheVeryNameComeFirst() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "p_frame3.nii.gz", labels: Scan.labels(upTo: 3))
            try Scan.write(root, "p_frame03_gt.nii.gz", voxels: Scan.labels(upTo: 2))
            try Scan.write(root, "q_frame3.nii.gz")
            try Scan.write(root, "q_frame03.nii.gz")
            try Scan.write(root, "q_frame003_gt.nii.gz", voxels: Scan.labels(upTo: 2))
            let data = try Dataset(contentsOf: root)
            #expect(
                data.cases.map(\.reference?.lastPathComponent) == ["p_frame3_gt.nii.gz", nil, nil])
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                data.issues.prefix(2) == [
                    .severalReferences(
                        kept: path("p_frame3_gt.nii.gz"), ignored: path("p_frame03_gt.nii.gz")),
                    .referenceWithoutImage(path: path("q_frame003_gt.nii.gz")),
                ])
        }
    }

    @Test func plainNIfTIFilesAreFound() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "patient001")
            try Scan.write(folder, "patient001_frame04.nii", labels: Scan.labels(upTo: 3))
            try Scan.write(folder, "patient001_frame11.nii", labels: Scan.labels(upTo: 3))
            try Data("ED: 4\nES: 11\n".utf8).write(to: folder.appending(path: "Info.cfg"))
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.frame) == [4, 11])
            #expect(data.cases.allSatisfy { $0.reference != nil && $0.group == nil })
        }
    }
}
