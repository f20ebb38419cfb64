import Files
import Foundation
import TestSupport
import Testing

@Suite struct StagedFileTests {
    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    private func text(_ url: URL) -> String? { try? String(contentsOf: url, encoding: .utf8) }

    private func staged(_ text: String, at url: URL) throws(FileError) -> StagedFile {
        try StagedFile(url) { sink throws(FileError) in try sink.append(Array(text.utf8)) }
    }

    @Test func filesThatBelongTogetherAreNamedWhenAllAreWritten() throws {
        try withTemporaryDirectory { folder in
            let one = folder.appending(path: "a.hdr"), two = folder.appending(path: "a.img")
            try AtomicFile.write("old", to: one)
            let first = try staged("one", at: one)
            let second = try staged("two", at: two)
            #expect(text(one) == "old")
            #expect(try names(folder).count { $0.hasPrefix(".") && $0.hasSuffix(".tmp") } == 2)
            #expect(try names(folder).filter { !$0.hasPrefix(".") } == ["a.hdr"])
            try first.commit()
            try second.commit()
            #expect(text(one) == "one")
            #expect(text(two) == "two")
            #expect(try names(folder) == ["a.hdr", "a.img"])
        }
    }

    @Test func aFileThatIsNotCommittedLeavesNothing() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a")
            try AtomicFile.write("old", to: url)
            let file = try staged("new", at: url)
            #expect(try names(folder).count == 2)
            _ = consume file
            #expect(try names(folder) == ["a"])
            #expect(text(url) == "old")
        }
    }

    @Test func aFailedCommitLeavesNothing() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a")
            let file = try staged("new", at: url)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            var found: FileError?
            do throws(FileError) { try file.commit() } catch { found = error }
            #expect(found == .cannotWrite(path: url.relativePath, code: EISDIR))
            #expect(try names(folder) == ["a"])
        }
    }

    @Test func whatIsNoFileIsNotReplaced() throws {
        try withTemporaryDirectory { folder in
            let pipe = folder.appending(path: "pipe")
            try #require(mkfifo(pipe.path(), 0o666) == 0)
            #expect(throws: FileError.notAFile(path: pipe.path())) { try AtomicFile.write("x", to: pipe) }
            var status = stat()
            #expect(stat(pipe.path(), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
            #expect(try names(folder) == ["pipe"])
        }
    }

    @Test(arguments: ["x", "心", "👩‍👩‍👧‍👦"])
    func aNameOfAnyLength(_ character: String) throws {
        try withTemporaryDirectory { folder in
            let count = 255 / character.utf8.count
            let url = folder.appending(path: String(repeating: character, count: count))
            try AtomicFile.write("x", to: url)
            #expect(text(url) == "x")
            #expect(try names(folder).count == 1)
        }
    }

    @Test func permissionsAreTheProcesses() throws {
        try withTemporaryDirectory { folder in
            let before = umask(0o027)
            defer { umask(before) }
            let url = folder.appending(path: "a")
            try AtomicFile.write("x", to: url)
            var status = stat()
            #expect(stat(url.path(), &status) == 0 && status.st_mode & 0o777 == 0o640)
        }
    }
}
