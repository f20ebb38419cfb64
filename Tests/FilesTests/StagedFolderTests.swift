import Files
import Foundation
import TestSupport
import Testing

@Suite struct StagedFolderTests {
    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    /// Puts two files into the folder, one of them in a folder of its own.
    private func fill(_ folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "part"), withIntermediateDirectories: false)
        try Data("a".utf8).write(to: folder.appending(path: "part/a"))
        try Data("b".utf8).write(to: folder.appending(path: "list"))
    }

    @Test(arguments: [true, false])
    func appearsWhenAllIsWritten(exists: Bool) throws {
        try withTemporaryDirectory { root in
            let target = root.appending(path: "new/data")
            if exists {
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            }
            let folder = try StagedFolder(target)
            try fill(folder.url)
            // Nothing that can be seen, but the folder that was there.
            let visible = FileManager.default.enumerator(atPath: root.path())?.compactMap { $0 as? String }
                .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            #expect(visible?.sorted() == (exists ? ["new", "new/data"] : ["new"]))
            try folder.commit(last: "list")
            #expect(try names(target) == ["list", "part"])
            #expect(try names(target.appending(path: "part")) == ["a"])
            #expect(try names(root.appending(path: "new")) == ["data"])
        }
    }

    @Test(arguments: [true, false])
    func oneThatIsNotCommittedLeavesNothing(exists: Bool) throws {
        try withTemporaryDirectory { root in
            let target = root.appending(path: "new/data")
            if exists {
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            }
            do {
                let folder = try StagedFolder(target)
                try fill(folder.url)
                _ = consume folder
            }
            #expect(try names(root) == (exists ? ["new"] : []))
            if exists { #expect(try names(target) == []) }
        }
    }

    @Test(arguments: [true, false])
    func whatAKilledProcessLeftIsRemovedAndWhatALiveOneWritesIsNot(exists: Bool) throws {
        try withTemporaryDirectory { root in
            let target = root.appending(path: "data")
            if exists {
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            }
            let place = exists ? target : root
            for name in [".data.1a2b.tmp", ".data.old.3c.tmp"] {
                try FileManager.default.createDirectory(
                    at: place.appending(path: name), withIntermediateDirectories: false)
                try fill(place.appending(path: name))
            }
            let live = try StagedFolder(target)
            let other = try StagedFolder(target)
            #expect(FileManager.default.fileExists(atPath: live.url.path()))
            // That of another target, “data.old”, is not touched either.
            #expect(
                Set(try names(place)).subtracting(["data"]) == [
                    live.url.lastPathComponent, other.url.lastPathComponent, ".data.old.3c.tmp",
                ])
        }
    }

    @Test func aTargetThatAppearedMeanwhileIsNotReplaced() throws {
        try withTemporaryDirectory { root in
            let target = root.appending(path: "data")
            let folder = try StagedFolder(target)
            try fill(folder.url)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
            try Data("other".utf8).write(to: target.appending(path: "list"))
            var found: FileError?
            do throws(FileError) { try folder.commit(last: "list") } catch { found = error }
            guard case .cannotWrite(target.relativePath, _) = found else {
                Issue.record("\(String(describing: found)) does not name \(target.relativePath)")
                return
            }
            #expect(try names(root) == ["data"])
            #expect(try names(target) == ["list"])
        }
    }

    @Test func nestingIsSeenThroughSymbolicLinks() throws {
        try withTemporaryDirectory { root in
            let data = root.appending(path: "data")
            try FileManager.default.createDirectory(
                at: data.appending(path: "sub"), withIntermediateDirectories: true)
            let link = root.appending(path: "link")
            try FileManager.default.createSymbolicLink(
                at: link, withDestinationURL: data.appending(path: "sub"))
            #expect(Folder.contains(data, data))
            #expect(Folder.contains(data, data.appending(path: "new/deep")))
            #expect(Folder.contains(data, link.appending(path: "new")))
            #expect(Folder.contains(root.appending(path: "data/../data"), link))
            #expect(!Folder.contains(data, root.appending(path: "data2")))
            #expect(!Folder.contains(data.appending(path: "sub"), data))
            #expect(Folder.contains(URL(filePath: "/"), data))
        }
    }
}
