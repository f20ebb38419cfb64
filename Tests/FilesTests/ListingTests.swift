import Files
import Foundation
import TestSupport
import Testing

@Suite struct ListingTests {
    @Test func entriesHaveTheirKindAndTheDisksBytes() throws {
        try withTemporaryDirectory { root in
            for name in ["b", "a %41?#", ".hidden", "cafe\u{301}"] {
                try AtomicFile.write("x", to: root.appending(path: name))
            }
            try Folder.make(root.appending(path: "folder"))
            try #require(mkfifo(root.appending(path: "pipe").path, 0o644) == 0)
            for (name, target) in [("link", "folder"), ("lost", "nowhere"), ("tube", "pipe")] {
                try FileManager.default.createSymbolicLink(
                    atPath: root.appending(path: name).path, withDestinationPath: target)
            }
            let listing = try Folder.list(root)
            #expect(
                listing.entries.map(\.name) == [
                    "a %41?#", "b", "cafe\u{301}", "folder", "link", "lost", "pipe", "tube",
                ])
            #expect(
                listing.entries.map(\.kind) == [
                    .file, .file, .file, .folder, .folder, .file, .special, .special,
                ])
            #expect(listing.undecodable.isEmpty && listing.ambiguous.isEmpty)
            for entry in listing.entries where entry.kind == .file && entry.name != "lost" {
                #expect(try FileContents.bytes(root.appending(path: entry.name)) == Array("x".utf8))
            }
        }
    }

    @Test func namesThatReadTheSameAreAmbiguous() throws {
        try withTemporaryDirectory { root in
            for name in ["\u{E9}", "e\u{301}", "f"] {
                try AtomicFile.write(name, to: root.appending(path: name))
            }
            let listing = try Folder.list(root)
            guard listing.entries.count == 3 else { return }
            #expect(listing.ambiguous == ["\u{E9}"])
            #expect(listing.distinct.map(\.name) == ["f"])
            // Each is opened by its own bytes, in an order that is always the same.
            let contents = try listing.entries.map { try FileContents.bytes(root.appending(path: $0.name)) }
            #expect(contents == ["f", "e\u{301}", "\u{E9}"].map { Array($0.utf8) })
        }
    }

    @Test func whatCannotBeListedIsNamed() throws {
        try withTemporaryDirectory { root in
            let file = root.appending(path: "file")
            try AtomicFile.write("x", to: file)
            #expect(throws: FileError.cannotRead(path: file.path, code: ENOTDIR)) { try Folder.list(file) }
            let missing = root.appending(path: "missing")
            #expect(throws: FileError.cannotRead(path: missing.path, code: ENOENT)) {
                try Folder.list(missing)
            }
        }
    }
}
