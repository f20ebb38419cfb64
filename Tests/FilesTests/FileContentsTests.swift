import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileContentsTests {
    @Test func allBytesOfAFile() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a b")
            let bytes = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
            try AtomicFile.write(bytes, to: url)
            #expect(try FileContents.mapped(url) == bytes)
            #expect(try FileContents.bytes(url) == Array(bytes))
            #expect(try FileContents.bytes(url, limit: 300) == Array(bytes.prefix(300)))
            #expect(try FileContents.bytes(url, limit: 100_001).count == 100_000)
            try AtomicFile.write(Data(), to: url)
            #expect(try FileContents.mapped(url).isEmpty)
            #expect(try FileContents.bytes(url).isEmpty)
        }
    }

    @Test func theFileAsItWasWhenMapped() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "w")
            try AtomicFile.write(Data(repeating: 1, count: 100_000), to: url)
            let mapped = try FileContents.mapped(url)
            try AtomicFile.write(Data(), to: url)
            #expect(mapped == Data(repeating: 1, count: 100_000))
        }
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withTemporaryDirectory { folder in
            let missing = folder.appending(path: "none")
            let error = #expect(throws: FileError.self) { try FileContents.mapped(missing) }
            #expect(error == .cannotRead(path: missing.path(), code: ENOENT))
            #expect(
                error?.description
                    == "\(missing.path()): cannot be read (No such file or directory); "
                    + "check the path and your permissions")
            #expect(throws: FileError.cannotRead(path: missing.path(), code: ENOENT)) {
                try FileContents.bytes(missing)
            }
            let isFolder = FileError.cannotRead(path: folder.path(), code: EISDIR)
            #expect(throws: isFolder) { try FileContents.mapped(folder) }
            #expect(throws: isFolder) { try FileContents.bytes(folder) }
        }
    }

    /// Reading a pipe would wait for ever, and a device such as this has no end.
    @Test func pipesSocketsAndDevicesAreRefused() throws {
        try withTemporaryDirectory { folder in
            let pipe = folder.appending(path: "pipe")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            for url in [pipe, URL(filePath: "/dev/zero")] {
                let refusal = FileError.notRegular(path: url.relativePath)
                #expect(throws: refusal) { try FileContents.bytes(url) }
                #expect(throws: refusal) { try FileContents.mapped(url) }
                #expect(throws: refusal) { try FileContents.description(url) }
                #expect(
                    refusal.description
                        == "\(url.relativePath): cannot be read (it is a pipe, a socket, or a device); specify a regular file"
                )
            }
        }
    }

    @Test func descriptionsAreShort() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "dataset.json")
            try Data("{}".utf8).write(to: url)
            #expect(try FileContents.description(url) == Data("{}".utf8))
            let file = try FileHandle(forWritingTo: url)
            try file.truncate(atOffset: 300 << 30)
            try file.close()
            let error = #expect(throws: FileError.self) { try FileContents.description(url) }
            #expect(
                error?.description
                    == "\(url.path()): cannot be read (it has 307200 MiB, but at most 64 MiB is expected); check that it "
                    + "is the right file")
        }
    }
}
