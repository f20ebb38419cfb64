import Foundation
import TestSupport
import Testing

/// Decisions of a training that come from files: the plan and the splits of another run.
@Suite struct PlanFileTests {
    @Test func thePlanAndTheSplitsOfARunMakeItAgain() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 5)
            func train(_ output: String, _ arguments: [String]) throws {
                let result = try Program.run(
                    ["train", "hearts", "--output", output, "--device", "cpu"] + arguments, in: folder)
                #expect(result.status == 0, "\(result.errors)")
            }
            try train(
                "first",
                [
                    "--filters", "2", "--depth", "2", "--patch", "32", "--epochs", "2", "--fold", "1",
                    "--seed",
                    "7", "--threads", "1", "--learning-rate", "0.003", "--elastic", "3", "--norm", "instance",
                ])
            let files = ["--plan", "first/plan.json", "--splits", "first/splits.json"]
            try train("again", files)
            let (first, again) = (folder.appending(path: "first"), folder.appending(path: "again"))
            for name in ["plan.json", "splits.json", "best.safetensors"] {
                #expect(
                    try Data(contentsOf: again.appending(path: name))
                        == Data(contentsOf: first.appending(path: name)), "\(name)")
            }
            #expect(try values(again) == values(first))

            // Options beside the file take the place of what it says, and who was held out is kept.
            try train("other", files + ["--seed", "8", "--epochs", "1"])
            let other = folder.appending(path: "other")
            #expect(try values(other) != values(first))
            let plan = try json(other.appending(path: "plan.json"))
            let training = try #require(plan["training"] as? [String: Any])
            #expect(training["seed"] as? Int == 8 && training["epochs"] as? Int == 1)
            #expect(training["learningRate"] as? Double == 0.003)
            #expect(
                try Data(contentsOf: other.appending(path: "splits.json"))
                    == Data(contentsOf: first.appending(path: "splits.json")))
        }
    }

    @Test func splitsAreWhoeverTheFileNames() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 3)
            let text = #"{"training": ["patient003"], "validation": ["patient001"]}"#
            try Data(text.utf8).write(to: folder.appending(path: "mine.json"))
            let tiny = [
                "--filters", "2", "--depth", "2", "--patch", "32", "--epochs", "1", "--threads", "1",
                "--device", "cpu",
            ]
            let result = try Program.run(
                ["train", "hearts", "--output", "run", "--splits", "mine.json"] + tiny, in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let splits = try json(folder.appending(path: "run/splits.json"))
            #expect(splits["training"] as? [String] == ["patient003"])
            #expect(splits["validation"] as? [String] == ["patient001"])
            #expect(
                splits["validationCases"] as? [String] == ["patient001_frame01", "patient001_frame07"])
            #expect(splits["fold"] == nil)
            // The plan says so too, for those who train with it alone.
            let plan = try json(folder.appending(path: "run/plan.json"))
            #expect((plan["training"] as? [String: Any])?["holdOut"] as? [String] == ["patient001"])
            #expect((plan["training"] as? [String: Any])?["fold"] == nil)
            let resumed = try Program.run(["train", "hearts", "--output", "run", "--resume"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
        }
    }

    private func json(_ file: URL) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    /// Weights, optimizer and generator: all bytes after the header of `last.safetensors`.
    private func values(_ run: URL) throws -> Data {
        let data = try Data(contentsOf: run.appending(path: "last.safetensors"))
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return data[(8 + length)...]
    }
}
