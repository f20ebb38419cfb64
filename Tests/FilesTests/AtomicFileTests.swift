import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private static let remedy = "; check the folder's permissions and the free space"

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    @Test func bytesTextAndNothing() throws {
        try withTemporaryDirectory { folder in
            let bytes = folder.appending(path: "a b.bin"), text = folder.appending(path: "ä.txt")
            try AtomicFile.write(Data([0, 255, 10]), to: bytes)
            try AtomicFile.write("Größe\n", to: text)
            #expect(try Data(contentsOf: bytes) == Data([0, 255, 10]))
            #expect(try String(contentsOf: text, encoding: .utf8) == "Größe\n")
            try AtomicFile.write([UInt8](), to: bytes)
            #expect(try Data(contentsOf: bytes).isEmpty)
            #expect(try names(folder) == ["a b.bin", "ä.txt"])
        }
    }

    @Test func partsFollowEachOther() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "parts")
            let large = [UInt8](repeating: 7, count: 3 << 20)
            try AtomicFile.write(to: url) { sink throws(FileError) in
                try sink.append([UInt8(1), 2])
                try sink.append(Data())
                try sink.append(large)
                try sink.append(Data([9]))
            }
            #expect(try Data(contentsOf: url) == Data([1, 2] + large + [9]))
        }
    }

    @Test func theOldFileStandsUntilTheNewOneIsWhole() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "run.json")
            try AtomicFile.write("old", to: url)
            try AtomicFile.write(to: url) { sink throws(FileError) in
                try sink.append(Array("new".utf8))
                #expect((try? String(contentsOf: url, encoding: .utf8)) == "old")
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == "new")
        }
    }

    @Test func aBodyThatThrowsLeavesTheOldFileAlone() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "run.json")
            try AtomicFile.write("old", to: url)
            let stop = FileError.cannotRead(path: "elsewhere", code: EIO)
            #expect(throws: stop) {
                try AtomicFile.write(to: url) { sink throws(FileError) in
                    try sink.append(Array("half".utf8))
                    throw stop
                }
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == "old")
            #expect(try names(folder) == ["run.json"])
        }
    }

    @Test func aMissingFolderIsNamedWithTheFile() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "none/run.json")
            let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: url) }
            #expect(error == .cannotWrite(path: url.path(), code: ENOENT))
            #expect(
                error?.description
                    == "\(url.path()): cannot be written (No such file or directory)\(Self.remedy)")
            #expect(error?.errorDescription == error?.description)
            #expect(error?.path == url.path())
        }
    }

    @Test func aFileInPlaceOfAFolder() throws {
        try withTemporaryDirectory { folder in
            try AtomicFile.write("x", to: folder.appending(path: "file"))
            let url = folder.appending(path: "file/run.json")
            let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: url) }
            #expect(error == .cannotWrite(path: url.path(), code: ENOTDIR))
        }
    }

    @Test func aFolderInPlaceOfTheFileStays() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "run.json")
            try FileManager.default.createDirectory(
                at: url.appending(path: "inside"), withIntermediateDirectories: true)
            let error = #expect(throws: FileError.self) {
                try AtomicFile.write(
                    "x", to: folder.appending(path: "run.json", directoryHint: .notDirectory))
            }
            #expect(
                error?.description
                    == "\(url.path()): cannot be written (it exists and is not a regular file); "
                    + "choose another name")
            #expect(error == .notAFile(path: url.path()))
            #expect(try names(folder) == ["run.json"])
            #expect(try names(url) == ["inside"])
        }
    }

    /// Root may write everywhere.
    @Test(.enabled(if: getuid() != 0)) func aFolderThatMayNotBeWritten() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "run.json")
            try AtomicFile.write("old", to: url)
            #expect(chmod(folder.path(), 0o555) == 0)
            defer { chmod(folder.path(), 0o755) }
            let error = #expect(throws: FileError.self) { try AtomicFile.write("new", to: url) }
            #expect(error == .cannotWrite(path: url.path(), code: EACCES))
            #expect(try String(contentsOf: url, encoding: .utf8) == "old")
        }
    }

    /// The limit of a file's size stands in for a full disk: writing stops half-way in the same place. It holds for the
    /// whole process, so it is larger than any file that another test may write meanwhile.
    @Test func aDiskThatFillsUpLeavesTheOldFile() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "run.json")
            try AtomicFile.write("old", to: url)
            let error = try #require(
                try withFileSizeLimit(1 << 26) {
                    #expect(throws: FileError.self) {
                        try AtomicFile.write(to: url) { sink throws(FileError) in
                            for _ in 0..<80 { try sink.append([UInt8](repeating: 1, count: 1 << 20)) }
                        }
                    }
                })
            #expect(error == .cannotWrite(path: url.path(), code: EFBIG))
            #expect(error.description == "\(url.path()): cannot be written (File too large)\(Self.remedy)")
            #expect(try String(contentsOf: url, encoding: .utf8) == "old")
            #expect(try names(folder) == ["run.json"])
        }
    }

    /// Runs `body` while no file of this process may grow beyond `bytes`.
    private func withFileSizeLimit<Result>(_ bytes: rlim_t, _ body: () throws -> Result) throws -> Result {
        let before = signal(SIGXFSZ, SIG_IGN)
        defer { signal(SIGXFSZ, before) }
        var limit = rlimit()
        #expect(getrlimit(fileSize, &limit) == 0)
        var lower = rlimit(rlim_cur: bytes, rlim_max: limit.rlim_max)
        #expect(setrlimit(fileSize, &lower) == 0)
        defer { setrlimit(fileSize, &limit) }
        return try body()
    }
}

#if canImport(Glibc)
    private let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
    private let fileSize = RLIMIT_FSIZE
#endif
