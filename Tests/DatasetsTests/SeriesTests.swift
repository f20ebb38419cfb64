import Datasets
import Foundation
import Imaging
import NIfTI
import Synchronization
import TestSupport
import Testing

/// 4D images: cine series with labels of all frames in one file, as M&Ms has them, of single frames, or with none.
@Suite struct SeriesTests {
    private static let frames = 12

    /// A series of 12 frames of 6 × 5 × 2 voxels, frame k from 0 holding k everywhere but for one voxel.
    private func writeSeries(_ folder: URL, _ name: String, frames: Int = frames) throws {
        let voxels = (0..<frames).flatMap { frame in (0..<60).map { Int16($0 == 7 ? 99 : frame) } }
        try Scan.write(
            folder, name, voxels: voxels, dimensions: [6, 5, 2, frames], spacing: [1.5, 1.5, 10, 1])
    }

    /// Labels of a series that are 0 but in `labeled`, from 1; there they are `highest` and less.
    private func writeLabels(
        _ folder: URL, _ name: String, frames: Int = frames, labeled: [Int], upTo highest: UInt8 = 3
    ) throws {
        let voxels = (1...frames).flatMap {
            labeled.contains($0) ? Scan.labels(upTo: highest) : [UInt8](repeating: 0, count: 60)
        }
        try Scan.write(
            folder, name, voxels: voxels, dimensions: [6, 5, 2, frames], spacing: [1.5, 1.5, 10, 1])
    }

    /// Two patients as M&Ms hands them out, three folders down.
    private func writeMnMs(_ root: URL) throws {
        for (name, labeled) in [("A0S9V9", [1, 9]), ("A1D0Q7", [4, 12])] {
            let folder = root.appending(path: "Training/Labeled/\(name)")
            try writeSeries(folder, "\(name)_sa.nii.gz")
            try writeLabels(folder, "\(name)_sa_gt.nii.gz", labeled: labeled)
        }
    }

    @Test func labeledFramesAreCases() throws {
        try withTemporaryDirectory { root in
            try writeMnMs(root)
            let data = try Dataset(contentsOf: root.appending(path: "Training/Labeled"))
            #expect(data.layout == .pairs && data.issues.isEmpty)
            #expect(data.patients.map(\.id) == ["A0S9V9", "A1D0Q7"])
            #expect(
                data.cases.map(\.id) == [
                    "A0S9V9_sa_frame01", "A0S9V9_sa_frame09", "A1D0Q7_sa_frame04", "A1D0Q7_sa_frame12",
                ])
            #expect(data.cases.map(\.frame) == [1, 9, 4, 12])
            #expect(data.cases.map(\.frameIndex) == [0, 8, 3, 11])
            #expect(data.structures.map(\.label) == [1, 2, 3])
            #expect(!data.knowsPhases)
            let loaded = try data.load(data.cases[1])
            #expect(loaded.channels.count == 1 && loaded.volume.voxels[0] == 8)
            #expect(loaded.labels?.labels == Scan.labels(upTo: 3))
            #expect(loaded.template?.dimensions.prefix(3) == [6, 5, 2] && loaded.storedAs == "int16")
            // ED of one patient is not the ES of another, but the frames of one heart stay together.
            let folds = try Folds(of: data, count: 2)
            #expect(folds.folds.map(\.count) == [1, 1])
        }
    }

    @Test func patientsHaveTheFoldersAboveInTheirNames() throws {
        try withTemporaryDirectory { root in
            try writeMnMs(root)
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["Training/Labeled/A0S9V9", "Training/Labeled/A1D0Q7"])
            #expect(data.cases[0].id == "Training_Labeled_A0S9V9_sa_frame01")
        }
    }

    @Test func namesTellThePatientInOneFolder() throws {
        try withTemporaryDirectory { root in
            for name in ["A", "B"] {
                try writeSeries(root, "\(name)_sa.nii.gz")
                try writeLabels(root, "\(name)_sa_gt.nii.gz", labeled: [2])
            }
            try Scan.write(root, "B_la.nii.gz", labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["A", "B"])
            #expect(
                data.patients.map { $0.cases.map(\.id) } == [["A_sa_frame02"], ["B_la", "B_sa_frame02"]])
        }
    }

    @Test func theAuditAndDuplicatesKnowFrames() throws {
        try withTemporaryDirectory { root in
            try writeMnMs(root)
            let data = try Dataset(contentsOf: root)
            let audit = Audit(of: data)
            #expect(audit.totals.labeled == 4 && audit.totals.failed == 0)
            #expect(audit.totals.voxels == [60, 60, 60])
            #expect(audit.cases.map(\.image?.channels) == [1, 1, 1, 1])
            #expect(data.duplicates().isEmpty)
            // Frame 4 of both is the same.
            let folder = root.appending(path: "Training/Labeled/A0S9V9")
            try writeLabels(folder, "A0S9V9_sa_gt.nii.gz", labeled: [4])
            #expect(try Dataset(contentsOf: root).duplicates().map(\.count) == [2])
        }
    }

    @Test(arguments: Conversion.Target.allCases, ["nii", "nii.gz"])
    func conversionTakesFramesOut(target: Conversion.Target, ending: String) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try writeSeries(source, "A_sa.\(ending)")
            try writeLabels(source, "A_sa_gt.\(ending)", labeled: [3, 11])
            try writeSeries(source, "B_4d.\(ending)", frames: 2)
            let data = try Dataset(contentsOf: source)
            let output = root.appending(path: "out")
            let conversion = Conversion(data, to: target)
            let done = Mutex(0)
            let result = try conversion.write(to: output) { count in done.withLock { $0 = max($0, count) } }
            #expect(conversion.caseCount == 4 && done.withLock { $0 } == 4)
            #expect(result.training == 2 && result.test == 2 && result.copied == 0 && result.rewritten == 6)
            let back = try Dataset(contentsOf: output)
            #expect(back.cases.map(\.id) == data.cases.filter { !$0.isSeries }.map(\.id))
            #expect(back.patients.map(\.id) == ["A"])
            for (old, new) in zip(data.cases, back.cases) {
                let (before, after) = (try data.load(old), try back.load(new))
                #expect(before.volume.voxels == after.volume.voxels && before.labels == after.labels)
                #expect(after.storedAs == "int16")
            }
            let test = try Dataset(contentsOf: output.appending(path: "imagesTs"))
            #expect(test.cases.map(\.id) == ["B_frame01", "B_frame02"])
            #expect(try test.load(test.cases[1]).volume.voxels[0] == 1)
        }
    }

    @Test func labelsOfSingleFramesBelongToTheSeries() throws {
        try withTemporaryDirectory { root in
            try writeSeries(root, "anna_4d.nii.gz")
            for frame in ["03", "11", "14"] {
                try Scan.write(root, "anna_frame\(frame)_gt.nii.gz", voxels: Scan.labels(upTo: 2))
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.patients.map(\.id) == ["anna"])
            #expect(data.cases.map(\.id) == ["anna_frame03", "anna_frame11"])
            let loaded = try data.load(data.cases[1])
            #expect(loaded.volume.voxels[0] == 10 && loaded.labels?.labels == Scan.labels(upTo: 2))
            let lost = root.appending(path: "anna_frame14_gt.nii.gz").relativePath
            #expect(data.issues == [.referenceWithoutImage(path: lost)])
        }
    }

    @Test func infoNamesTheFramesOfASeries() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "patient090")
            try writeSeries(folder, "patient090_4d.nii.gz")
            try writeLabels(folder, "patient090_4d_gt.nii.gz", labeled: [4, 11])
            try Data("ED: 4\nES: 11\nGroup: RV\n".utf8).write(to: folder.appending(path: "Info.cfg"))
            let data = try Dataset(contentsOf: root)
            #expect(data.layout == .acdc && data.issues.isEmpty)
            #expect(data.cases.map(\.id) == ["patient090_frame04", "patient090_frame11"])
            #expect(data.cases.map(\.phase) == [.ed, .es] && data.knowsPhases)
            #expect(try data.load(data.cases[0]).volume.voxels[0] == 3)
        }
    }

    @Test func seriesWithoutLabelsAreCasesToPredict() throws {
        try withTemporaryDirectory { root in
            try writeSeries(root.appending(path: "a/b/c/d"), "scan.nii.gz")
            try writeSeries(root, "patient090_4d.nii.gz")
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["patient090_4d", "a_b_c_d_scan"])
            #expect(data.cases.allSatisfy { $0.isSeries && $0.reference == nil })
            #expect(data.issues.allSatisfy { $0.isNote && $0.isMissingReference })
            #expect(
                data.sentences[0]
                    == "\(root.appending(path: "patient090_4d.nii.gz").relativePath) is a series of 12 frames without "
                    + "labels; it can be predicted, but not trained on or scored.")
            let audit = Audit(of: data)
            #expect(audit.problems.isEmpty && audit.totals.failed == 0 && audit.cases[0].image?.frames == 12)
            #expect(audit.description.contains("series      2, of 12 frames, without labels\n"))
            #expect(data.duplicates().map(\.count) == [2])
        }
    }

    @Test func labelsThatSayNothing() throws {
        try withTemporaryDirectory { root in
            try writeSeries(root, "a.nii")
            try writeLabels(root, "a_gt.nii", labeled: [])
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["a"] && data.cases[0].reference == nil)
            let path = root.appending(path: "a_gt.nii").relativePath
            #expect(data.issues.contains(.noLabeledFrame(path: path, frames: 12)))
            #expect(
                data.sentences.contains(
                    "\(path) has no labels in any of its 12 frames; correct it, or remove it."))
        }
    }

    /// What is wrong with labels of a series: one frame of nobody knows which, another number, or damage.
    @Test(arguments: ["one", "other", "damaged"])
    func labelsThatDoNotFitASeries(kind: String) throws {
        try withTemporaryDirectory { root in
            try writeSeries(root, "a.nii.gz")
            let (image, labels) = (root.appending(path: "a.nii.gz"), root.appending(path: "a_gt.nii.gz"))
            let sentence: String
            switch kind {
            case "one":
                try Scan.write(root, "a_gt.nii.gz", voxels: Scan.labels(upTo: 2))
                sentence =
                    "\(labels.relativePath) labels one frame, but its image \(image.relativePath) has 12, and its name does not say which one it labels; end the name with the frame's number, as in _frame01_gt, or put labels of all frames in one file."
            case "other":
                try writeLabels(root, "a_gt.nii.gz", frames: 10, labeled: [1])
                sentence =
                    "\(labels.relativePath) has 10 frames, but its image \(image.relativePath) has 12; use labels of the same "
                    + "frames."
            default:
                try writeLabels(root, "a_gt.nii.gz", labeled: [1])
                let bytes = try Data(contentsOf: labels)
                try bytes.prefix(bytes.count - 12).write(to: labels)
                sentence =
                    "\(labels.relativePath) is damaged: its gzip data is cut off or corrupt; copy or download the file "
                    + "again."
            }
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["a"])
            let error = #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }
            #expect(error?.description == sentence)
            #expect(Audit(of: data).cases[0].error == sentence)
        }
    }

    @Test func framesOfTheirOwnPutTheSeriesAside() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "patient001")
            try writeSeries(folder, "patient001_4d.nii.gz")
            try Scan.write(folder, "frame01.nii.gz", labels: Scan.labels(upTo: 1))
            try writeSeries(root.appending(path: "patient002"), "patient002_4d.nii.gz")
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["patient001_frame01", "patient002_4d"])
            #expect(
                data.issues == [
                    .series(path: folder.appending(path: "patient001_4d.nii.gz").relativePath, frames: 12),
                    .cine(path: data.cases[1].image.relativePath, frames: 12),
                ])
        }
    }

    /// A and A_4d are scans of their own, and their frames have the same names.
    @Test(arguments: Conversion.Target.allCases)
    func framesOfOneNameAreNotConverted(target: Conversion.Target) throws {
        try withTemporaryDirectory { root in
            let source = root.appending(path: "data")
            try Scan.write(source, "q.nii.gz", labels: Scan.labels(upTo: 3))
            try writeSeries(source, "A.nii.gz", frames: 2)
            try writeSeries(source, "A_4d.nii.gz", frames: 2)
            let data = try Dataset(contentsOf: source)
            let output = root.appending(path: "out")
            let error = #expect(throws: DatasetError.self) {
                try Conversion(data, to: target).write(to: output)
            }
            #expect(
                error?.description
                    == "\(source.relativePath) contains two scans or frames named A_frame01; rename one of them."
            )
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["data"])
        }
    }
}
