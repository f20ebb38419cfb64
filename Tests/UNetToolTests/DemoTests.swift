import Foundation
import TestSupport
import Testing

@Suite struct DemoTests {
    @Test func runsAndGoesOnWhereItWas() throws {
        try withTemporaryDirectory { folder in
            let arguments = [
                "demo", "--output", "demo", "--patients", "1", "--unseen", "1", "--epochs", "1", "--filters",
                "2",
                "--threads", "1",
            ]
            let first = try Program.run(arguments, in: folder)
            #expect(first.status == 0, "\(first.errors)")
            let demo = folder.appending(path: "demo")
            #expect(
                demo.names == [
                    "evaluation.csv", "evaluation.json", "heart.png", "predictions", "run", "training-hearts",
                    "unseen-hearts",
                ])
            #expect(demo.appending(path: "predictions").names.count == 3)
            #expect(first.output.contains("Picture:     demo/heart.png\n"))

            let weights = demo.appending(path: "run/last.safetensors")
            let (trained, scores) = (
                try Data(contentsOf: weights), try Data(contentsOf: demo.appending(path: "evaluation.json"))
            )
            let second = try Program.run(arguments, in: folder)
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.errors.contains("resuming after epoch 1\n"))
            #expect(try Data(contentsOf: weights) == trained)
            #expect(try Data(contentsOf: demo.appending(path: "evaluation.json")) == scores)

            // With other settings it would be another demo.
            for (name, option) in [
                ("epochs", "--epochs"), ("patients", "--patients"), ("unseen", "--unseen"),
            ] {
                var other = arguments
                other[try #require(other.firstIndex(of: option)) + 1] = "2"
                let result = try Program.run(other, in: folder)
                try Snapshot.check(Snapshot.text(other, result), "error-demo-\(name)")
                #expect(result.status == 1)
            }
        }
    }
}
