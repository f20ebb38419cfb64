import Foundation
import TestSupport
import Testing

/// Results that cannot be printed or written are an error, and none is lost because of another.
@Suite(.serialized) struct OutputTests {
    /// Runs the program with standard output going to `output`, and gives its status and standard error.
    private func run(_ arguments: [String], in folder: URL, output: FileHandle) throws -> (Int32, String) {
        let errors = Pipe()
        let process = try Program.start(
            arguments, in: folder, output: output, errors: errors.fileHandleForWriting)
        try errors.fileHandleForWriting.close()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// Scores of the run on the data it was trained on, and arguments of commands that print something.
    private func commands() throws -> [[String]] {
        let root = try Workplace.root()
        let predict = ["predict", "hearts", "--model", "run", "--output", "scored", "--threads", "1"]
        #expect(try Program.run(predict, in: root).status == 0)
        return [
            ["--help"], ["--version"], ["evaluate", "--help"], ["describe", "--json"],
            ["check", "hearts"], ["check", "hearts", "--json"], ["compare", "run"], predict,
            ["evaluate", "--predictions", "scored", "--truth", "hearts"],
            ["benchmark", "predict", "--filters", "2", "--input", "32x32", "--runs", "1", "--threads", "1"],
        ]
    }

    static let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")

    @Test(.enabled("needs /dev/full") { OutputTests.hasFullDevice })
    func aFullDeviceIsAnError() throws {
        let root = try Workplace.root()
        for arguments in try commands() {
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let (status, errors) = try run(arguments, in: root, output: full)
            #expect(status == 1, "\(arguments)")
            #expect(
                errors.hasSuffix(
                    "standard output: cannot be written (No space left on device); free some space or redirect the output, and run again\n"
                ), "\(arguments): \(errors)")
        }
        // New folders, which a command may not find.
        for (name, arguments) in [
            ("new-hearts", ["phantom", "new-hearts", "--patients", "1"]),
            ("converted", ["convert", "hearts", "--to", "nnunet", "--output", "converted"]),
            ("new-run", ["train", "hearts", "--output", "new-run"] + Workplace.tiny),
        ] {
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            #expect(try run(arguments, in: root, output: full).0 == 1, "\(arguments)")
            #expect(root.appending(path: name).exists)
            try FileManager.default.removeItem(at: root.appending(path: name))
        }
    }

    @Test func aReaderWhoGoesIsNoError() throws {
        let root = try Workplace.root()
        for arguments in try commands() {
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let (status, errors) = try run(arguments, in: root, output: pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
            // As a shell says of a process that SIGPIPE has ended.
            #expect(status == 141, "\(arguments)")
            #expect(errors.isEmpty, "\(arguments): \(errors)")
        }
    }

    @Test func filesAreWrittenWhereTheTableCannotBe() throws {
        let root = try Workplace.root()
        _ = try commands()
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let (status, _) = try run(
            [
                "evaluate", "--predictions", "scored", "--truth", "hearts", "--json", "s.json", "--csv",
                "s.csv",
            ],
            in: root, output: pipe.fileHandleForWriting)
        #expect(status == 141)
        #expect(root.appending(path: "s.json").exists && root.appending(path: "s.csv").exists)
    }

    @Test func standardErrorMayBeFullOrGone() throws {
        let root = try Workplace.root()
        let arguments = ["evaluate", "--predictions", "perfectly", "--truth", "hearts"]
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let process = try Program.start(
            arguments, in: root, output: FileHandle.nullDevice, errors: pipe.fileHandleForWriting)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1 && process.terminationReason == .exit)
    }

    @Test func aFileForAProgramMayBeStandardOutputOrADevice() throws {
        let root = try Workplace.root()
        _ = try commands()
        let scoring = ["evaluate", "--predictions", "scored", "--truth", "hearts"]
        // Into a pipe, and into a file, which /dev/stdout then is: JSON and nothing else.
        let piped = try Program.run(scoring + ["--json", "/dev/stdout"], in: root)
        #expect(piped.status == 0)
        let scores = try JSONSerialization.jsonObject(with: Data(piped.output.utf8)) as? [String: Any]
        #expect((scores?["cases"] as? [Any])?.count == 6)
        let file = root.appending(path: "stdout.json")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        #expect(try run(scoring + ["--json", "/dev/stdout"], in: root, output: handle).0 == 0)
        #expect(try Data(contentsOf: file) == Data(piped.output.utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/dev/stdout").isEmpty == false)

        #expect(try Program.run(scoring + ["--csv", "/dev/null"], in: root).status == 0)
        guard Self.hasFullDevice else { return }
        let full = try Program.run(scoring + ["--csv", "/dev/full", "--json", "kept.json"], in: root)
        #expect(full.status == 1)
        #expect(
            full.errors
                == "Error: /dev/full: cannot be written (No space left on device); check the folder's permissions and the free space\n"
        )
        #expect(full.output.hasPrefix("All cases"))
        #expect(root.appending(path: "kept.json").exists)
    }
}
