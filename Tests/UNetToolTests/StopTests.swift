import Foundation
import TestSupport
import Testing

/// Ctrl-C, and SIGTERM, in a training.
@Suite(.serialized) struct StopTests {
    /// A program that was started, and what it says on standard error.
    private final class Running {
        let process: Process
        private let pipe = Pipe()
        private(set) var text = ""

        init(_ arguments: [String], in folder: URL) throws {
            process = try Program.start(
                arguments, in: folder, output: .nullDevice, errors: pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
        }

        /// Reads until `word` was said, or the program has ended.
        func wait(for word: String) {
            while !text.contains(word) {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return }
                text += String(decoding: data, as: UTF8.self)
            }
        }

        /// Reads to the end; the exit status.
        func end() -> Int32 {
            text += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    private let tiny = [
        "--filters", "2", "--depth", "2", "--patch", "32", "--fold", "all", "--threads", "1", "--device",
        "cpu",
    ]

    @Test(arguments: [SIGINT, SIGTERM])
    func aTrainingSaysWhatIsKept(signal: Int32) throws {
        try withTemporaryDirectory { folder in
            // A test that was started in the background may ignore it, and so would the program.
            Foundation.signal(signal, SIG_DFL)
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 2)
            let training = try Running(
                ["train", "hearts", "--output", "my run", "--epochs", "100000"] + tiny, in: folder)
            training.wait(for: "epoch 1/")
            kill(training.process.processIdentifier, signal)
            #expect(training.end() == 128 + signal)
            let last = training.text.split(separator: "\n").last ?? ""
            let match = try #require(
                last.wholeMatch(
                    of: #/stopped after (epoch \d+|step \d+ of epoch \d+); to continue, run “(.*)”/#
                ), "\(training.text)")
            #expect(
                match.2 == "unet train hearts --output 'my run' --device cpu --resume")
            #expect(
                folder.appending(path: "my run").names == [
                    "curves.svg", "last.safetensors", "log.csv", "plan.json", "splits.json",
                ])
            // The command that was given goes on where it says.
            let again = try Running(
                ["train", "hearts", "--output", "my run", "--device", "cpu", "--resume"], in: folder)
            again.wait(for: "resuming after \(match.1)\n")
            again.process.terminate()
            #expect(again.end() == 143 && again.text.contains("resuming after \(match.1)\n"))
        }
    }

    @Test func inTheFirstEpochItsStepsAreKept() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 2)
            // An epoch of a million steps does not end before the signal.
            let training = try Running(
                ["train", "hearts", "--output", "run", "--epochs", "2", "--steps", "1000000"] + tiny,
                in: folder)
            training.wait(for: "training ")
            training.process.terminate()
            #expect(training.end() == 143)
            // Where the signal came before the first step there is nothing to keep.
            guard !training.text.hasSuffix("\nstopped before the first step; no run was saved\n") else {
                #expect(folder.names == ["hearts"])
                return
            }
            let match = try #require(
                training.text.firstMatch(
                    of: #/\nstopped after (step \d+ of epoch 1); to continue, run “.*”\n$/#),
                "\(training.text)")
            #expect(
                folder.appending(path: "run").names == [
                    "last.safetensors", "log.csv", "plan.json", "splits.json",
                ])
            let again = try Running(["train", "hearts", "--output", "run", "--resume"], in: folder)
            again.wait(for: "resuming after \(match.1)\n")
            again.process.terminate()
            #expect(again.end() == 143)
        }
    }

    @Test func aDemoSaysHowToGoOn() throws {
        try withTemporaryDirectory { folder in
            let arguments = [
                "demo", "--output", "demo", "--patients", "1", "--unseen", "1", "--epochs", "1000",
                "--filters",
                "2", "--threads", "1",
            ]
            let demo = try Running(arguments, in: folder)
            demo.wait(for: "epoch 1/")
            demo.process.terminate()
            #expect(demo.end() == 143)
            #expect(
                demo.text.contains(
                    #/\nstopped after (step \d+ of )?epoch \d+; to continue, run “unet demo --output demo --patients 1 --unseen 1 --epochs 1000 --filters 2 --threads 1”\n$/#
                ), "\(demo.text)")
        }
    }

    @Test func anotherTrainingInTheFolderIsRefused() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 2)
            let arguments = ["train", "hearts", "--output", "run", "--epochs", "100000"] + tiny
            let training = try Running(arguments, in: folder)
            training.wait(for: "epoch 1/")
            defer { _ = training.end() }
            let resuming = ["train", "hearts", "--output", "run", "--resume"]
            try Snapshot.check(
                Snapshot.text(resuming, Program.run(resuming, in: folder)), "error-train-locked")
            // The lock goes with the process, however it ends.
            kill(training.process.processIdentifier, SIGKILL)
            training.process.waitUntilExit()
            let again = try Running(resuming, in: folder)
            again.wait(for: "resuming after")
            again.process.terminate()
            #expect(again.end() == 143)
        }
    }

    @Test func aPhantomThatIsKilledLeavesNothingThatLooksFinished() throws {
        try withTemporaryDirectory { folder in
            let arguments = ["phantom", "hearts", "--patients", "10000"]
            let phantom = try Program.start(
                arguments, in: folder, output: .nullDevice, errors: .nullDevice)
            while phantom.isRunning, folder.filesBelow.isEmpty { usleep(1000) }
            kill(phantom.processIdentifier, SIGKILL)
            phantom.waitUntilExit()
            #expect(folder.names.count == 1 && folder.names[0].hasPrefix(".hearts."))
            // The next one that writes there cleans up.
            let again = try Program.run(["phantom", "hearts", "--patients", "1"], in: folder)
            #expect(again.status == 0, "\(again.errors)")
            #expect(folder.names == ["hearts"])
        }
    }
}
