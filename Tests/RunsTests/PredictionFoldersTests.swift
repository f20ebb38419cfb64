import Foundation
import NIfTI
import RunFixtures
import Runs
import TestSupport
import Testing

/// Which files of a folder are predicted, and under which names.
@Suite struct PredictionFoldersTests {
    private func write(_ folder: URL, _ names: [String], dimensions: [Int] = [4, 4, 2]) throws {
        let count = dimensions.reduce(1, *)
        for name in names {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try NIfTIImage(
                voxels: [Int16](repeating: 1, count: count), dimensions: dimensions,
                spacing: [Double](repeating: 1, count: dimensions.count)
            ).write(to: file)
        }
    }

    private func writeInfo(_ folder: URL) throws {
        try Data("ED: 1\nES: 7\n".utf8).write(to: folder.appending(path: "Info.cfg"))
    }

    /// ACDC as it is handed out: evaluating the testing part must know the names.
    @Test func testingPatientsGoByTheirOwnNames() throws {
        try withTemporaryDirectory { root in
            for (part, patient) in [
                ("training", "patient001"), ("testing", "patient005"), ("testing", "patient001"),
            ] {
                let folder = root.appending(path: "\(part)/\(patient)")
                try write(folder, ["\(patient)_frame01.nii", "\(patient)_frame07.nii"])
                try writeInfo(folder)
            }
            let stems = try PredictionInput.find([root]).map(\.stem)
            #expect(
                Set(stems) == [
                    "patient001_frame01", "patient001_frame07", "patient005_frame01", "patient005_frame07",
                    // There are two of them.
                    "testing_patient001_frame01", "testing_patient001_frame07",
                ])
            #expect(stems.count == 6)
        }
    }

    @Test func foldersOfLabelsAreSkipped() throws {
        try withTemporaryDirectory { root in
            try write(
                root,
                [
                    "one/imagesTr/a_0000.nii", "one/labelsTr/a.nii", "one/labelsTr/b.nii", "two/images/c.nii",
                    "two/Labels/c.nii", "three/d.nii", "three/masks/d.nii", "Labeled/e.nii",
                ])
            let search = try PredictionInput.search([root])
            #expect(
                search.inputs.map(\.stem) == [
                    "Labeled_e", "one_imagesTr_a_0000", "three_d", "two_images_c",
                ])
            func path(_ name: String) -> String { root.appending(path: name).relativePath }
            #expect(
                search.issues.map(\.description) == [
                    "\(path("one/labelsTr")) contains labels according to its name, so its 2 images are not predicted.",
                    "\(path("three/masks")) contains labels according to its name, so its image is not predicted.",
                    "\(path("two/Labels")) contains labels according to its name, so its image is not predicted.",
                ])
            // Whoever gives such a folder itself means it.
            #expect(
                try PredictionInput.find([root.appending(path: "one/labelsTr")]).map(\.stem) == ["a", "b"])
        }
    }

    @Test func whatADescriptionCallsLabelsIsSkipped() throws {
        try withTemporaryDirectory { root in
            try write(root, ["task/imagesTr/a.nii", "task/truth/a.nii", "other/b.nii"])
            let text = """
                {"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "LV"}, "numTraining": 1,
                 "training": [{"image": "./imagesTr/a.nii", "label": "./truth/a.nii"}]}
                """
            try Data(text.utf8).write(to: root.appending(path: "task/dataset.json"))
            let search = try PredictionInput.search([root])
            #expect(search.inputs.map(\.stem) == ["other_b", "task_imagesTr_a"])
            #expect(
                search.issues.map(\.description) == [
                    "\(root.appending(path: "task/truth").relativePath) contains labels according to dataset.json, so its image is not predicted."
                ])
        }
    }

    @Test func linkedPatientsArePredicted() throws {
        try withTemporaryDirectory { folder in
            let (store, root) = (folder.appending(path: "store"), folder.appending(path: "data"))
            for patient in ["patient001", "patient002"] {
                try write(
                    store, ["frame01", "frame07"].map { "\(patient)/\(patient)_\($0).nii" })
                try writeInfo(store.appending(path: patient))
                try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    at: root.appending(path: patient), withDestinationURL: store.appending(path: patient))
            }
            let stems = [
                "patient001_frame01", "patient001_frame07", "patient002_frame01", "patient002_frame07",
            ]
            #expect(try PredictionInput.find([root]).map(\.stem) == stems)
            for patient in ["patient001", "patient002"] {
                try FileManager.default.removeItem(at: store.appending(path: "\(patient)/Info.cfg"))
            }
            #expect(try PredictionInput.find([root]).map(\.stem) == stems)
        }
    }

    /// Folders that link to each other have more ways through them than anybody can wait for: each is searched once.
    @Test func foldersThatLinkToEachOther() throws {
        try withTemporaryDirectory { root in
            let names = (0..<5).map { "f\($0)" }
            for name in names { try write(root, ["\(name)/\(name)_scan.nii"]) }
            for name in names {
                for other in names where other != name {
                    try FileManager.default.createSymbolicLink(
                        at: root.appending(path: "\(name)/\(other)"),
                        withDestinationURL: root.appending(path: other))
                }
            }
            #expect(try PredictionInput.find([root]).map(\.stem) == names.map { "\($0)_scan" })
        }
    }

    @Test func thatOnlyLabeledFramesArePredictedIsSaid() throws {
        try withTemporaryDirectory { root in
            try write(root, ["A_sa.nii"], dimensions: [4, 4, 2, 3])
            try NIfTIImage(
                voxels: (0..<96).map { UInt8($0 / 32 == 1 ? 1 : 0) }, dimensions: [4, 4, 2, 3],
                spacing: [1, 1, 1, 1]
            ).write(to: root.appending(path: "A_sa_gt.nii"))
            let search = try PredictionInput.search([root])
            #expect(search.inputs.map(\.stem) == ["A_sa_frame02"])
            #expect(
                search.issues.map(\.description) == [
                    "\(root.appending(path: "A_sa.nii").relativePath) is a series of 3 frames, of which only the 1 with labels is predicted; to predict all frames, specify the file itself."
                ])
            #expect(search.issues.map(\.isNote) == [true])
        }
    }

    /// Overlays and scores are by frame.
    @Test func seriesWhoseFramesHaveOneNameAreRefused() throws {
        try withTemporaryDirectory { root in
            try write(root, ["A.nii", "A_4d.nii"], dimensions: [4, 4, 2, 3])
            try write(root, ["B_4d.nii"], dimensions: [4, 4, 2, 3])
            try write(root, ["b/B_frame02.nii", "b/B_frame07.nii"])
            let files = ["A.nii", "A_4d.nii", "B_4d.nii", "b/B_frame02.nii", "b/B_frame07.nii"].map {
                root.appending(path: $0)
            }
            func sentence(_ urls: [URL]) -> String? {
                do {
                    _ = try PredictionInput.find(urls)
                    return nil
                } catch {
                    return String(describing: error)
                }
            }
            #expect(
                sentence([files[0], files[1]])
                    == "A_frame01: is a frame of both \(files[0].plainPath) and \(files[1].plainPath); rename one of them, or predict them into different folders"
            )
            #expect(sentence([root])?.hasPrefix("A_frame01: is a frame of both ") == true)
            #expect(
                sentence([files[2], files[3]])
                    == "B_frame02: is a frame of both \(files[2].plainPath) and \(files[3].plainPath); rename one of them, or predict them into different folders"
            )
            // The series has no seventh.
            #expect(sentence([files[2], files[4]]) == nil)
            #expect(sentence([files[0], files[2]]) == nil)
        }
    }
}
