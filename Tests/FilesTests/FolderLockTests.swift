import Files
import Foundation
import TestSupport
import Testing

@Suite struct FolderLockTests {
    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    @Test func aSecondLockIsRefusedUntilTheFirstIsReleased() throws {
        try withTemporaryDirectory { folder in
            let first = try FolderLock(folder)
            #expect(first.isEnforced)
            #expect(try names(folder).allSatisfy { $0.hasPrefix(".") })
            #expect(throws: FolderLock.Failure.held) { try FolderLock(folder) }
            first.release()
            #expect(try names(folder) == [])
            let second = try FolderLock(folder)
            #expect(throws: FolderLock.Failure.held) { try FolderLock(folder) }
            second.release()
        }
    }

    @Test func aFileThatAKilledProcessHasLeftIsTakenOver() throws {
        try withTemporaryDirectory { folder in
            try Data().write(to: folder.appending(path: ".lock"))
            try FolderLock(folder).release()
            #expect(try names(folder) == [])
        }
    }

    @Test func foldersMadeForTheLockGoWithIt() throws {
        try withTemporaryDirectory { folder in
            let deep = folder.appending(path: "a/b/c")
            try FolderLock(deep).release()
            #expect(try names(folder) == [])
            let lock = try FolderLock(deep)
            try Data("kept".utf8).write(to: folder.appending(path: "a/b/file"))
            lock.release()
            #expect(try names(folder.appending(path: "a/b")) == ["file"])
            // A folder that was there before stays, though it is empty.
            let old = folder.appending(path: "old")
            try FileManager.default.createDirectory(at: old, withIntermediateDirectories: false)
            try FolderLock(old).release()
            #expect(try names(folder) == ["a", "old"])
        }
    }

    @Test func whatCannotBeLockedIsNamed() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "file")
            try Data("text".utf8).write(to: file)
            let below = file.appending(path: "run")
            #expect(
                throws: FolderLock.Failure.file(.cannotWrite(path: below.relativePath, code: ENOTDIR))
            ) { try FolderLock(below) }
            let taken = folder.appending(path: "taken")
            try FileManager.default.createDirectory(
                at: taken.appending(path: ".lock"), withIntermediateDirectories: true)
            #expect(
                throws: FolderLock.Failure.file(.cannotWrite(path: taken.relativePath, code: EISDIR))
            ) { try FolderLock(taken) }
        }
    }

    /// Those who wait come one after the other, though each removes the file that the next has opened.
    @Test func waitingLocksTakeTurns() throws {
        try withTemporaryDirectory { folder in
            let other = try FolderLock(folder)
            let file = folder.appending(path: "count")
            try Data("0".utf8).write(to: file)
            DispatchQueue.concurrentPerform(iterations: 16) { _ in
                do {
                    let lock = try FolderLock(folder, name: ".other", waits: true)
                    defer { lock.release() }
                    let count = try Int(String(contentsOf: file, encoding: .utf8)) ?? -100
                    try Data(String(count + 1).utf8).write(to: file)
                } catch {
                    Issue.record("\(error)")
                }
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == "16")
            other.release()
            #expect(try names(folder) == ["count"])
        }
    }
}
