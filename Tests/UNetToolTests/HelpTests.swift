import Foundation
import TestSupport
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        "", "demo", "phantom", "check", "preview", "train", "crossvalidate", "predict", "evaluate", "compare",
        "describe", "convert", "benchmark",
    ])
    func help(_ command: String) throws {
        let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
        let result = try withTemporaryDirectory { try Program.run(arguments, in: $0) }
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        try Snapshot.check(result.output, command.isEmpty ? "help" : "help-\(command)")
    }

    @Test func version() throws {
        let result = try withTemporaryDirectory { try Program.run(["--version"], in: $0) }
        #expect(result.status == 0)
        #expect(result.output.contains(#/^\d+\.\d+\.\d+\n$/#))
    }
}
