import Foundation
import Synchronization
import TestSupport
import Testing

/// Every number that can be given, with every value that makes no sense: one sentence about the option, before anything is
/// read or made.
@Suite(.serialized) struct OptionValueTests {
    struct Option: Sendable, CustomTestStringConvertible {
        /// What stands before it on the line.
        let command: [String]
        let name: String
        /// Values that only this option refuses, beside those that none takes.
        let others: [String]

        init(_ command: String, _ name: String, _ others: String...) {
            self.command = command.split(separator: " ").map(String.init)
            self.name = name
            self.others = others
        }

        var testDescription: String { "\(command[0]) \(name)" }
    }

    private static let train = "train nowhere --output new"
    private static let predict = "predict nowhere --model nowhere --output new"

    static let options = [
        Option(train, "--filters", "0", "65536", "65537", "1e3", "1.5"),
        Option(train, "--depth", "0", "13", "12"),
        Option(train, "--norm-epsilon", "0", "2", "1e-300"), Option(train, "--norm-momentum", "0", "1.1"),
        Option(train, "--dropout", "1"), Option(train, "--fold", "5", "1.5"),
        Option(train, "--epochs", "0", "1000001", "9223372036854775807", "9223372036854775808"),
        Option(train, "--steps", "0", "1000001"),
        Option(train + " --steps 1000000", "--batch-size", "65536"),
        Option(train, "--batch-size", "0", "65537"),
        Option(train, "--learning-rate", "0", "1001"), Option(train, "--weight-decay", "1001"),
        Option(train + " --optimizer sgd", "--momentum", "1"),
        Option(train, "--spacing", "0", "1e-9", "101"),
        Option(train, "--patch", "0", "4", "50", "4112", "65537", "1x2x3x4", "16x", "32x32x32"),
        Option(train + " --dimensions 3d", "--patch", "4", "8x50x50", "0x16x16", "16x4112x16"),
        Option(train + " --architecture classic", "--patch", "4", "16"),
        Option(train + " --norm instance", "--patch", "16"),
        Option(train, "--window", "0", "4", "50", "65537"),
        Option(train, "--elastic", "1001"), Option(train, "--foreground-share", "1.1", "2"),
        Option(train, "--augmentation", "custom", "Strong"),
        Option(train, "--seed", "1.5", "18446744073709551616"),
        Option(train, "--threads", "0", "1025"),
        Option(predict, "--frame", "0", "1.5"), Option(predict, "--threads", "0", "1025"),
        Option("benchmark train", "--filters", "0", "65536", "65537"),
        Option("benchmark train", "--depth", "0", "12", "13"),
        Option("benchmark train", "--channels", "0", "65537"),
        Option("benchmark train", "--classes", "0", "65536", "65537"),
        Option("benchmark train", "--batch-size", "0", "65536"), Option("benchmark train", "--runs", "0"),
        Option("benchmark train", "--threads", "0", "1025"),
        Option("benchmark train", "--input", "0x0", "4x4", "65536x65536", "16", "1x2x3x4"),
        Option("benchmark train --dimensions 3d", "--spacing", "0x1x1", "1x1", "1x1xnan", "1x1xinf"),
        Option("benchmark augment", "--input", "0x0", "8x8", "65536x65536", "16", "1x2x3", "16x5000"),
        Option("benchmark augment", "--samples", "0", "1000001", "1.5"),
        Option("benchmark augment", "--augmentation", "custom"), Option("benchmark augment", "--runs", "0"),
        Option("describe", "--filters", "0", "65536", "65537"),
        Option("describe", "--depth", "0", "12", "13"),
        Option("describe", "--channels", "0"), Option("describe", "--classes", "0"),
        Option("describe", "--input", "0x0", "4x4", "16"),
        Option("phantom new", "--patients", "0", "10001", "1.5"),
        Option("phantom new", "--seed", "1.5", "18446744073709551616"),
        Option("demo --output new", "--patients", "0", "10001"),
        Option("demo --output new", "--unseen", "0", "10001"),
        Option("demo --output new", "--epochs", "0", "1000001"),
        Option("demo --output new", "--filters", "0", "65536"),
        Option("demo --output new", "--threads", "0", "1025"),
    ]

    @Test(arguments: options) func refusesWhatMakesNoSense(_ option: Option) throws {
        try withTemporaryDirectory { folder in
            let values = ["nan", "inf", "-inf", "-1", "1e308", "-1e308", "", "x"] + option.others
            let lines = values.map { option.command + ["\(option.name)=\($0)"] }
            // Starting the program is most of the work, so it is started on every core.
            let results = Mutex<[Int: Result<Program.Result, any Error>]>([:])
            DispatchQueue.concurrentPerform(iterations: lines.count) { index in
                let result = Result { try Program.run(lines[index], in: folder) }
                results.withLock { $0[index] = result }
            }
            for (index, arguments) in lines.enumerated() {
                let result = try #require(results.withLock { $0[index] }).get()
                let lines = result.errors.split(separator: "\n")
                #expect(result.status == 64, "\(arguments): \(result.errors)")
                #expect(result.output.isEmpty)
                // One sentence; the rest is the help that the parser adds.
                let sentence = lines.first ?? ""
                #expect(sentence.hasPrefix("Error: "), "\(arguments): \(result.errors)")
                #expect(sentence.count < 400 && !sentence.contains("("), "\(arguments): \(sentence)")
                #expect(
                    lines.dropFirst().allSatisfy {
                        $0.hasPrefix("Help: ") || $0.hasPrefix("Usage: ") || $0.hasPrefix("  ")
                    }, "\(arguments): \(result.errors)")
                #expect(folder.names == [], "\(arguments)")
            }
        }
    }
}
