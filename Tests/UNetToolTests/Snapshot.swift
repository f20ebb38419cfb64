import Foundation
import Testing

/// Text that is kept beside the tests and compared exactly; `UNET_RECORD=1` writes it anew.
enum Snapshot {
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Snapshots/\(name).txt")
        if ProcessInfo.processInfo.environment["UNET_RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
            return
        }
        guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
            Issue.record("\(file.path) is missing; run with UNET_RECORD=1", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, "differs from \(file.lastPathComponent)", sourceLocation: sourceLocation)
    }

    /// The command, its exit status, and all that it printed.
    static func text(_ arguments: [String], _ result: Program.Result) -> String {
        var text = "$ unet \(arguments.joined(separator: " "))\n"
        text += result.output
        if !result.errors.isEmpty { text += "--- standard error ---\n" + result.errors }
        return text + "--- exit \(result.status) ---\n"
    }
}
