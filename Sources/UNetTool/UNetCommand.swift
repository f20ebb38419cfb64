import ArgumentParser
import Foundation

/// The program `unet`.
@main
struct UNetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unet",
        abstract: "Train U-Nets on medical images, predict with them, and evaluate the results.",
        discussion: """
            To try it in minutes on synthetic hearts:
              unet demo --output demo

            For your own data, in ACDC's layout or as pairs X.nii.gz and X_gt.nii.gz:
              unet check DATA
              unet train DATA --output runs/first
              unet predict DATA --model runs/first --output predictions --split validation
              unet evaluate --predictions predictions --truth DATA
            """,
        version: "0.1.0",
        subcommands: [
            Demo.self, Phantom.self, Check.self, Preview.self, Train.self, CrossValidate.self, Predict.self,
            Evaluate.self,
            Compare.self,
            Describe.self, Convert.self, Benchmark.self,
        ])

    /// Runs the command named by the arguments.
    ///
    /// This replaces the parser's own, which does not report that help cannot be printed.
    static func main() async {
        StandardOutput.prepare()
        do {
            try UndecodableArgument.check()
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        let text = ErrorSentence.own(error).map { "Error: \($0)" } ?? fullMessage(for: error)
        let code = exitCode(for: error)
        guard code == .success else {
            if !text.isEmpty { Console().say(text) }
            Foundation.exit(code.rawValue)
        }
        do { try StandardOutput.print(text) } catch { end(with: error) }
        Foundation.exit(code.rawValue)
    }
}
