import Foundation
import NIfTI
import RunFixtures
import Runs
import TestSupport
import Testing

@Suite struct PredictionInputTests {
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

    @Test func foldersAreSearchedThrough() throws {
        try withTemporaryDirectory { folder in
            try write(
                folder,
                [
                    "b.nii", "a.nii.gz", "deep/c.nii.gz", "a_gt.nii.gz", "b_seg.nii", "c-gt.nii",
                    "a_pred.nii.gz",
                    "a_prob.nii.gz", ".hidden.nii",
                ])
            try write(folder, ["x_4d.nii.gz"], dimensions: [4, 4, 2, 3])
            try write(folder, ["one/two/three/four/five/six_4d.nii"], dimensions: [4, 4, 2, 3])
            try Data("?".utf8).write(to: folder.appending(path: "z.nii"))
            try Data().write(to: folder.appending(path: "notes.txt"))
            // A broken file is found too: predicting it says what is wrong.
            let inputs = try PredictionInput.find([folder])
            #expect(
                inputs.map(\.stem) == [
                    "a", "b", "deep_c", "one_two_three_four_five_six_4d", "x_4d", "z",
                ])
            #expect(inputs.allSatisfy { $0.frame == nil })
        }
    }

    @Test func casesOfADatasetGoByItsNames() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["p1/scan.nii", "p1/scan_gt.nii", "p2/scan.nii", "p2/scan_gt.nii"])
            #expect(try PredictionInput.find([folder]).map(\.stem) == ["p1_scan", "p2_scan"])
        }
    }

    @Test func labelsInAFolderOfTheirOwnAreNoImages() throws {
        try withTemporaryDirectory { folder in
            try write(
                folder, ["images/a.nii.gz", "images/b.nii.gz", "labels/a.nii.gz", "labels/lost.nii.gz"])
            #expect(try PredictionInput.find([folder]).map(\.stem) == ["a", "b"])
        }
    }

    @Test func framesBesideTheirSeriesAreTaken() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["p1/p1_frame01.nii", "p2/frame03.nii", "p2/frame03_gt.nii"])
            try write(folder, ["p1/p1_4d.nii", "p3/p3_4d.nii"], dimensions: [4, 4, 2, 3])
            let search = try PredictionInput.search([folder])
            #expect(search.inputs.map(\.stem) == ["p1_frame01", "p2_frame03", "p3_4d"])
            #expect(search.issues.map(\.description).count == 1)
            #expect(
                search.issues[0].description.contains("p1_4d.nii is a series of 3 frames; it is skipped"))
        }
    }

    @Test func labeledFramesOfASeriesAreTaken() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["A/A_sa.nii", "A/A_sa_gt.nii"], dimensions: [4, 4, 2, 3])
            let inputs = try PredictionInput.find([folder])
            #expect(inputs.map(\.stem) == ["A_sa_frame01", "A_sa_frame02", "A_sa_frame03"])
            #expect(inputs.map(\.frame) == [0, 1, 2])
            // With a frame the series is asked for, whatever its labels are.
            let third = try PredictionInput.find([folder], frame: 2)
            #expect(third.map(\.stem) == ["A_sa_frame03"] && third[0].frame == 2)
        }
    }

    @Test func namesAreTheDatasetsWhateverElseIsThere() throws {
        try withTemporaryDirectory { folder in
            let names = ["patient005/frame01.nii", "patient005/frame13.nii", "patient006/frame01.nii"]
            try write(folder, names)
            let stems = ["patient005_frame01", "patient005_frame13", "patient006_frame01"]
            #expect(try PredictionInput.find([folder]).map(\.stem) == stems)
            let patient = folder.appending(path: "patient005")
            #expect(try PredictionInput.find([patient]).map(\.stem) == Array(stems.prefix(2)))
            let file = folder.appending(path: names[1])
            #expect(try PredictionInput.find([file]).map(\.stem) == [stems[1]])
            // In ACDC's layout too, of which Info.cfg names two frames.
            try Data("ED: 1\nES: 7\n".utf8).write(to: patient.appending(path: "Info.cfg"))
            #expect(try PredictionInput.find([patient]).map(\.stem) == Array(stems.prefix(2)))
            #expect(try PredictionInput.find([folder]).map(\.stem) == stems)
        }
    }

    @Test func pipesAndFoldersAreNoImages() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["a.nii", "folder.nii/b.nii"])
            try #require(mkfifo(folder.appending(path: "pipe.nii").path, 0o644) == 0)
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "loop"), withDestinationURL: folder)
            let search = try PredictionInput.search([folder])
            #expect(search.inputs.map(\.stem) == ["a", "folder.nii_b"])
            #expect(search.issues.count == 1)
        }
    }

    @Test func filesAreTakenAsTheyAre() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["x_gt.nii.gz", "y.hdr"])
            try write(folder, ["x_4d.nii.gz"], dimensions: [4, 4, 2, 3])
            let urls = ["x_gt.nii.gz", "x_4d.nii.gz", "y.hdr"].map { folder.appending(path: $0) }
            #expect(try PredictionInput.find(urls).map(\.stem) == ["x_gt", "x_4d", "y"])
        }
    }

    @Test func framesAreNamedAsInACDC() {
        let series = URL(filePath: "patient090_4d.nii.gz")
        #expect(PredictionInput(series, frame: 3).stem == "patient090_frame04")
        #expect(PredictionInput(series, frame: 11).stem == "patient090_frame12")
        #expect(PredictionInput(series).stem == "patient090_4d")
        #expect(PredictionInput(URL(filePath: "Cine.NII.GZ"), frame: 0).stem == "Cine_frame01")
    }

    @Test func nothingToPredict() throws {
        try withTemporaryDirectory { folder in
            #expect(throws: SegmentationError.nothingToPredict(path: folder.plainPath)) {
                try PredictionInput.find([folder])
            }
            let missing = folder.appending(path: "missing.nii")
            #expect(throws: SegmentationError.noInput(path: missing.plainPath)) {
                try PredictionInput.find([missing])
            }
        }
    }

    @Test func twoInputsOfOneNameAreRefused() throws {
        try withTemporaryDirectory { folder in
            try write(folder, ["one/a.nii", "two/a.nii.gz"])
            let error = #expect(throws: SegmentationError.self) {
                try PredictionInput.find([folder.appending(path: "one"), folder.appending(path: "two")])
            }
            guard case .sameOutput(let path, let first, let second) = error else {
                Issue.record("\(String(describing: error)) is not about two inputs of one name")
                return
            }
            #expect(path == "a_pred.nii.gz")
            #expect(first.hasSuffix("one/a.nii"))
            #expect(second.hasSuffix("two/a.nii.gz"))
        }
    }
}
