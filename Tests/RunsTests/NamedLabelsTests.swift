import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import TestSupport
import Testing

/// Labels are matched by name: what a model calls LV is scored against what the dataset calls LV.
@Suite(.serialized) struct NamedLabelsTests {
    private static func list(_ pairs: (String, UInt8)...) -> [Structure] {
        pairs.map { Structure(name: $0.0, label: $0.1) }
    }
    private static let ours = list(("RV", 1), ("MYO", 2), ("LV", 3))
    /// The same hearts with other numbers, as M&Ms has them.
    private static let theirs = list(("LV", 1), ("MYO", 2), ("RV", 3))
    private static let size = [4, 4, 1]

    /// Two cases whose truth is numbered as `structures` say, and an empty folder for predictions.
    private func withTruth(
        _ structures: [Structure]?, _ body: (Dataset, _ output: URL) throws -> Void
    ) throws {
        try withTemporaryDirectory { folder in
            let (root, output) = (folder.appending(path: "truth"), folder.appending(path: "out"))
            for folder in [root, output] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            for (name, names) in Self.hearts {
                try image(names.map { _ in "" }, structures ?? Self.ours)
                    .write(to: root.appending(path: "\(name).nii"))
                try image(names, structures ?? Self.ours).write(to: root.appending(path: "\(name)_gt.nii"))
            }
            try body(try Dataset(contentsOf: root, structures: structures), output)
        }
    }

    /// The structure of each voxel of two small hearts.
    private static let hearts = [
        ("a_ED", "LV LV LV MYO MYO RV RV RV RV - - - - - - -".split(separator: " ").map(String.init)),
        ("a_ES", "LV MYO MYO MYO MYO RV RV - - - - - - - - -".split(separator: " ").map(String.init)),
    ]
    /// What a network has made of them.
    private static let found = [
        ("a_ED", "LV LV MYO MYO MYO RV RV RV - - - - - - - -".split(separator: " ").map(String.init)),
        ("a_ES", "LV LV MYO MYO MYO RV RV RV - - - - - - - -".split(separator: " ").map(String.init)),
    ]

    private func image(_ names: [String], _ structures: [Structure]) -> NIfTIImage {
        let numbers = Dictionary(uniqueKeysWithValues: structures.map { ($0.name, $0.label) })
        return NIfTIImage(
            voxels: names.map { numbers[$0] ?? 0 }, dimensions: Self.size, spacing: [1, 1, 1])
    }

    private func predict(_ structures: [Structure], named: Bool = true, into output: URL) throws {
        for (name, names) in Self.found {
            let image = image(names, structures)
            try (named ? image.naming(structures) : image)
                .write(to: output.appending(path: "\(name)_pred.nii.gz"))
        }
    }

    private func evaluated(
        _ data: Dataset, _ output: URL, stated: [Structure]? = nil, probabilities: Bool = false
    ) throws -> EvaluationJob.Result {
        var job = EvaluationJob(
            predictions: output, truth: data, probabilities: probabilities ? output : nil)
        job.predictionStructures = stated
        return try job.run()
    }

    @Test func otherNumbersGiveTheSameScores() throws {
        var straight: EvaluationJob.Result?
        try withTruth(Self.ours) { data, output in
            try predict(Self.ours, into: output)
            straight = try evaluated(data, output)
        }
        let expected = try #require(straight)
        #expect(expected.notes.isEmpty && expected.warnings.isEmpty && expected.failures.isEmpty)
        #expect(try #require(expected.evaluation.mean.structures["LV"]?.dice?.mean) > 0.7)
        try withTruth(Self.theirs) { data, output in
            try predict(Self.ours, into: output)
            let swapped = try evaluated(data, output)
            for name in ["RV", "MYO", "LV"] {
                #expect(
                    swapped.evaluation.mean.structures[name] == expected.evaluation.mean.structures[name])
            }
            #expect(swapped.evaluation.clinical == expected.evaluation.clinical)
            #expect(swapped.evaluation.clinical?.agreement.isEmpty == false)
            #expect(
                swapped.notes.map(\.description) == [
                    "labels are matched by name: RV=1 MYO=2 LV=3 in the predictions, LV=1 MYO=2 RV=3 in \(data.root.plainPath)"
                ])
            #expect(swapped.warnings.isEmpty)
            #expect(
                swapped.evaluation.matchings == [
                    .init(basis: .names, predictions: 2, structures: Self.ours)
                ])
        }
    }

    @Test func theOrderOfProbabilitiesFollowsTheNames() throws {
        // A network whose channels are background, LV, RV, MYO, while its labels are numbered otherwise.
        let channels = Self.list(("LV", 3), ("RV", 1), ("MYO", 2))
        var losses: [Double] = []
        for truth in [Self.ours, Self.theirs] {
            try withTruth(truth) { data, output in
                try predict(Self.ours, into: output)
                for (name, names) in Self.found {
                    let classes = ["-"] + channels.map(\.name)
                    let values = classes.flatMap { own in names.map { $0 == own ? Float(0.7) : 0.1 } }
                    try NIfTIImage(floats: values, channels: 4, like: image(names, Self.ours).header)
                        .naming(channels).write(to: output.appending(path: "\(name)_prob.nii.gz"))
                }
                let result = try evaluated(data, output, probabilities: true)
                #expect(result.failures.isEmpty)
                losses.append(try #require(result.evaluation.loss).crossEntropy)
            }
        }
        // 28 of 32 voxels are right.
        #expect(abs(losses[0] + (28 * log(0.7) + 4 * log(0.1)) / 32) < 1e-6)
        #expect(abs(losses[1] - losses[0]) < 1e-12)
    }

    @Test func filesWithoutNamesAreSaidToBeAssumed() throws {
        try withTruth(Self.theirs) { data, output in
            try predict(Self.ours, named: false, into: output)
            let (root, first) = (data.root.plainPath, output.appending(path: "a_ED_pred.nii.gz").plainPath)
            let assumed = try evaluated(data, output)
            #expect(
                assumed.warnings.map(\.description) == [
                    "\(first) and 1 other do not name their labels, so LV=1 MYO=2 RV=3 is assumed, as in \(root); if that is wrong, name them"
                ])
            #expect(assumed.evaluation.matchings.map(\.basis) == [.assumed])
            let stated = try evaluated(data, output, stated: Self.ours)
            #expect(stated.warnings.isEmpty && stated.notes.count == 1)
            #expect(stated.evaluation.matchings.map(\.basis) == [.stated])
            #expect(try #require(stated.evaluation.mean.structures["LV"]?.dice?.mean) > 0.7)
        }
    }

    @Test func whatIsStatedComesBeforeWhatTheFilesSay() throws {
        try withTruth(Self.ours) { data, output in
            // Someone has trained with wrong names.
            let wrong = Self.list(("LV", 1), ("RV", 2), ("MYO", 3))
            for (name, names) in Self.found {
                try image(names, Self.ours).naming(wrong)
                    .write(to: output.appending(path: "\(name)_pred.nii.gz"))
            }
            let result = try evaluated(data, output, stated: Self.ours)
            #expect(try #require(result.evaluation.mean.structures["LV"]?.dice?.mean) > 0.7)
            #expect(
                result.warnings.map(\.description) == [
                    "\(output.appending(path: "a_ED_pred.nii.gz").plainPath) and 1 other: the labels were predicted as LV=1 RV=2 MYO=3, but are scored as RV=1 MYO=2 LV=3, as stated"
                ])
        }
    }

    @Test func structuresOfOneSideAreSaid() throws {
        try withTruth(Self.ours) { data, output in
            let some = Self.list(("lv", 5), ("LA", 6))
            for (name, names) in Self.found {
                let voxels = names.map { $0 == "LV" ? UInt8(5) : $0 == "RV" ? 6 : 0 }
                try NIfTIImage(voxels: voxels, dimensions: Self.size, spacing: [1, 1, 1]).naming(some)
                    .write(to: output.appending(path: "\(name)_pred.nii.gz"))
            }
            let result = try evaluated(data, output)
            let root = data.root.plainPath
            #expect(result.evaluation.structures == Self.list(("LV", 3)))
            #expect(
                result.warnings.map(\.description) == [
                    "\(root): has no LA, so that label counts as background in the predictions",
                    "the predictions have no RV, MYO, so those labels of \(root) are not scored",
                ])
            #expect(try #require(result.evaluation.mean.foreground.dice) > 0.7)
            #expect(result.failures.isEmpty)
        }
    }

    @Test func withoutANameInCommonNothingIsScored() throws {
        // The labels of this dataset have no names but their numbers.
        try withTruth(nil) { data, output in
            try predict(Self.ours, into: output)
            let file = output.appending(path: "a_ED_pred.nii.gz").plainPath
            let error = #expect(throws: SegmentationError.self) { _ = try evaluated(data, output) }
            #expect(
                error?.description
                    == "\(file): the labels are RV=1 MYO=2 LV=3, but those of \(data.root.plainPath) are \"label 1=1\" \"label 2=2\" \"label 3=3\", with no name in common; name the labels of one as the other does"
            )
        }
    }

    @Test func predictionsOfTwoModelsAreNotMixed() throws {
        try withTruth(Self.ours) { data, output in
            try predict(Self.ours, into: output)
            let cavity = Self.list(("LV", 3))
            try image(Self.found[1].1, cavity).naming(cavity)
                .write(to: output.appending(path: "a_ES_pred.nii.gz"))
            let error = #expect(throws: SegmentationError.self) { _ = try evaluated(data, output) }
            let files = ["a_ED", "a_ES"].map { output.appending(path: "\($0)_pred.nii.gz").plainPath }
            #expect(
                error?.description
                    == "\(files[1]): the labels are LV=3, but those of \(files[0]) are RV=1 MYO=2 LV=3; score them in separate folders"
            )
        }
    }

    @Test func aLabelWithoutNameIsAFailure() throws {
        try withTruth(Self.ours) { data, output in
            try predict(Self.ours, into: output)
            try NIfTIImage(
                voxels: [UInt8](repeating: 4, count: 16), dimensions: Self.size, spacing: [1, 1, 1]
            ).naming(Self.theirs).write(to: output.appending(path: "a_ES_pred.nii.gz"))
            let result = try evaluated(data, output)
            #expect(result.failures.count == 1)
            #expect(
                result.failures.first?.description.hasPrefix(
                    "a_ES: the prediction has labels 4, but only 0 = background, 1 = LV, 2 = MYO, 3 = RV are known"
                ) == true)
        }
    }
}
