import Files
import Foundation
import TestSupport
import Testing

@Suite struct FolderTests {
    @Test func missingFoldersAreMadeAndOthersLeftAlone() throws {
        try withTemporaryDirectory { root in
            let folder = root.appending(path: "a b/ä/run", directoryHint: .isDirectory)
            try Folder.make(folder)
            try AtomicFile.write("x", to: folder.appending(path: "file"))
            try Folder.make(folder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        }
    }

    @Test func aFileInTheWayIsNamed() throws {
        try withTemporaryDirectory { root in
            let file = root.appending(path: "file")
            try AtomicFile.write("x", to: file)
            #expect(throws: FileError.cannotWrite(path: file.path(), code: EEXIST)) { try Folder.make(file) }
            let inside = root.appending(path: "file/run/one")
            #expect(throws: FileError.cannotWrite(path: inside.path(), code: ENOTDIR)) {
                try Folder.make(inside)
            }
        }
    }
}
