import Datasets
import Foundation
import TestSupport
import Testing

/// Names in every encoding and Unicode form, and files that are none.
@Suite struct StrayFilesTests {
    private static let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")

    /// A file whose name is these bytes; false where the file system refuses them.
    private func writeRaw(_ folder: URL, _ name: [UInt8]) -> Bool {
        let path = Array(folder.path.utf8) + [UInt8(ascii: "/")] + name + [0]
        let file = path.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_WRONLY | O_CREAT, 0o644) }
        }
        if file >= 0 { close(file) }
        return file >= 0
    }

    @Test func oneNameInTwoUnicodeFormsIsAPair() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "\(Self.decomposed).nii.gz")
            try Scan.write(root, "\(Self.composed)_gt.nii.gz", voxels: Scan.labels(upTo: 2))
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.count == 1 && data.issues.isEmpty)
            #expect(try data.load(data.cases[0]).labels?.labels == Scan.labels(upTo: 2))
        }
    }

    @Test(arguments: [("", ""), ("images/", "labels/")])
    func twoNamesThatReadTheSameAreLeftAside(images: String, labels: String) throws {
        try withTemporaryDirectory { root in
            for name in [Self.composed, Self.decomposed, "x"] {
                try Scan.write(root.appending(path: images), "\(name).nii.gz")
                try Scan.write(
                    root.appending(path: labels), "\(name)_gt.nii.gz", voxels: Scan.labels(upTo: 2))
            }
            // Some file systems take both for one name.
            let folder = root.appending(path: images)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            guard names.count(where: { $0 == "\(Self.composed).nii.gz" }) == 2 else { return }
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["x"])
            #expect(data.issues.count == 2 && data.issues.allSatisfy { !$0.isNote })
            #expect(
                data.sentences.contains(
                    "\(folder.relativePath) contains several entries named “\(Self.composed).nii.gz”, whose names differ only in their Unicode form, so all are skipped; rename or remove all but one."
                ))
        }
    }

    @Test func namesThatAreNotUTF8AreReportedAndHideNothing() throws {
        try withTemporaryDirectory { root in
            guard writeRaw(root, Array("caf".utf8) + [0xE9] + Array(".nii".utf8)) else { return }
            let sentence =
                "\(root.relativePath) contains “caf\u{FFFD}.nii”, whose name is not UTF-8, so it cannot be opened; rename it."
            #expect(
                #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }?.description
                    == "no scan can be used: \(sentence)")
            // Other files may be called as they like.
            #expect(writeRaw(root, Array("notes".utf8) + [0xE9]))
            try Scan.write(root, "x.nii", labels: Scan.labels(upTo: 1))
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["x"] && data.sentences == [sentence])
        }
    }

    @Test func pipesAndFoldersAreNoScans() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "x.nii", labels: Scan.labels(upTo: 1))
            try FileManager.default.createDirectory(
                at: root.appending(path: "folder.nii"), withIntermediateDirectories: true)
            let pipe = root.appending(path: "pipe.nii")
            try #require(mkfifo(pipe.path, 0o644) == 0)
            let data = try Dataset(contentsOf: root)
            #expect(data.cases.map(\.id) == ["x"])
            #expect(data.issues == [.notAFile(path: pipe.relativePath)])
            #expect(
                data.sentences == [
                    "\(pipe.relativePath) is a pipe, socket, or device, so it is skipped; replace it with a regular file, or remove it."
                ])
        }
    }

    @Test func aPredictionAmongTheImagesIsANote() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz", labels: Scan.labels(upTo: 1))
            try Scan.write(root, "a_pred.nii.gz", voxels: Scan.labels(upTo: 1))
            let audit = try Audit(of: Dataset(contentsOf: root))
            #expect(audit.problems.isEmpty && audit.notes.count == 1)
        }
    }
}
