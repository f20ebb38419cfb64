import Foundation
import TestSupport
import Testing

@Suite struct KillTests {
    @Test func aKilledRunEndsWithTheSameWeights() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 5)
            func arguments(_ run: String) -> [String] {
                [
                    "train", "hearts", "--output", run, "--filters", "4", "--depth", "3", "--patch", "64",
                    "--batch-size", "4", "--epochs", "12", "--fold", "0", "--threads", "1", "--device", "cpu",
                ]
            }
            #expect(try Program.run(arguments("whole"), in: folder).status == 0)

            let null = FileHandle.nullDevice
            let process = try Program.start(arguments("killed"), in: folder, output: null, errors: null)
            // Wherever the kill strikes, the run must end the same; after a first checkpoint it has most to lose.
            let killed = folder.appending(path: "killed")
            while process.isRunning, !killed.appending(path: "last.safetensors").exists { usleep(1000) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()

            let resumed = try Program.run(["train", "hearts", "--output", "killed", "--resume"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(!resumed.errors.contains("warning"))
            for name in ["plan.json", "splits.json", "best.safetensors"] {
                let file = "\(name)"
                #expect(
                    try Data(contentsOf: killed.appending(path: file))
                        == Data(contentsOf: folder.appending(path: "whole/\(file)")), "\(file)")
            }
            #expect(try values(killed) == values(folder.appending(path: "whole")))
            #expect(try log(killed) == log(folder.appending(path: "whole")))
            // A kill in the middle of a write may leave a temporary file, but nothing else.
            let left = killed.names.filter { !$0.hasSuffix(".tmp") }
            #expect(left == folder.appending(path: "whole").names)
        }
    }

    /// Weights, optimizer and generator: all bytes after the header of `last.safetensors`.
    private func values(_ run: URL) throws -> Data {
        let data = try Data(contentsOf: run.appending(path: "last.safetensors"))
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return data[(8 + length)...]
    }

    /// The log without its last column, the seconds.
    private func log(_ run: URL) throws -> [Substring] {
        try String(contentsOf: run.appending(path: "log.csv"), encoding: .utf8).split(separator: "\n").map {
            $0[..<($0.lastIndex(of: ",") ?? $0.endIndex)]
        }
    }
}
