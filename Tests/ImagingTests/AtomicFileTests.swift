import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func replacesWhole() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "a b%20.txt")
            try AtomicFile.write(Data("old".utf8), to: file)
            try AtomicFile.write(Data("new".utf8), to: file)
            #expect(try Data(contentsOf: file) == Data("new".utf8))
            try AtomicFile.write(Data(), to: file)
            #expect(try Data(contentsOf: file).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["a b%20.txt"])
        }
    }

    @Test func leavesNothingBehindWhenItFails() throws {
        try withTemporaryDirectory { folder in
            // A folder cannot be replaced by a file, which fails only after the temporary file was written.
            let file = folder.appending(path: "taken")
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            #expect(throws: FileError.self) { try AtomicFile.write(Data([1]), to: file) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["taken"])
        }
    }
}
