import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct WriteFailureTests {
    @Test func namesAndPlacesThatCannotBeWritten() throws {
        try withTemporaryDirectory { folder in
            let text = folder.appending(path: "a.txt")
            #expect(
                sentence { try smallImage().write(to: text) }
                    == "\(text.path) cannot be written: the name must end "
                    + "in .nii, .nii.gz, .hdr, .hdr.gz, .img or .img.gz.")
            let nowhere = folder.appending(path: "none/a.nii.gz")
            #expect(
                sentence { try smallImage().write(to: nowhere) } == "\(nowhere.path) cannot be written: "
                    + "No such file or directory; check the folder and its permissions.")
            let occupied = folder.appending(path: "b.nii")
            try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
            #expect(
                sentence { try smallImage().write(to: occupied) }
                    == "\(occupied.relativePath) cannot be written: "
                    + "it exists and is not a regular file; choose another name.")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["b.nii"])
        }
    }

    @Test func anExistingFileIsReplacedAndNothingElseIsLeft() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            try smallImage([3, 3]).write(to: url)
            try smallImage([5, 5]).write(to: url)
            #expect(try NIfTIImage(contentsOf: url).dimensions == [5, 5])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.nii.gz"])
        }
    }

    @Test func aFailedPairLeavesNoHalf() throws {
        try withTemporaryDirectory { folder in
            try FileManager.default.createDirectory(
                at: folder.appending(path: "a.hdr"), withIntermediateDirectories: true)
            #expect(throws: NIfTIError.self) { try smallImage().write(to: folder.appending(path: "a.img")) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.hdr"])
        }
    }

    #if os(Linux)
        /// Needs the right to mount a file system of 64 KiB, as root in a container or on a build machine has it.
        @Test(.enabled(if: getuid() == 0 && SmallDisk.isPossible, "mounting a small file system needs root"))
        func aFullDiskKeepsTheOldFileAndNamesTheNewOne() throws {
            try withTemporaryDirectory { folder in
                let disk = try #require(SmallDisk(at: folder))
                defer { disk.unmount() }
                for name in ["a.nii", "a.nii.gz", "a.img"] {
                    let url = folder.appending(path: name)
                    try smallImage().write(to: url)
                    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                    var random = SplitMix(seed: 1)
                    let large = NIfTIImage(
                        voxels: (0..<65536).map { _ in UInt32.random(in: 0 ... .max, using: &random) },
                        dimensions: [256, 256], spacing: [1, 1])
                    #expect(
                        sentence { try large.write(to: url) } == "\(url.path) cannot be written: "
                            + "No space left on device; free some space and run again.")
                    #expect(try NIfTIImage(contentsOf: url).floats() == smallImage().floats())
                    #expect(
                        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
                }
            }
        }
    #endif
}

#if os(Linux)
    /// A memory file system of 64 KiB.
    struct SmallDisk {
        let folder: URL

        static let isPossible: Bool =
            (try? withTemporaryDirectory { folder in
                guard let disk = SmallDisk(at: folder) else { return false }
                disk.unmount()
                return true
            }) ?? false

        init?(at folder: URL) {
            self.folder = folder
            guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return nil }
        }

        func unmount() { umount(folder.path) }
    }
#endif
