import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// What a person gets told about bad input: text and exit status, exactly. Whatever fails leaves nothing behind.
@Suite(.serialized) struct BadInputTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        /// Makes what is wrong, in the folder of the tests.
        let prepare: @Sendable (URL) throws -> Void

        init(
            _ name: String, _ arguments: String...,
            prepare: @escaping @Sendable (URL) throws -> Void = { _ in }
        ) {
            self.name = name
            self.arguments = arguments
            self.prepare = prepare
        }

        init(
            train name: String, _ arguments: String...,
            prepare: @escaping @Sendable (URL) throws -> Void = { _ in }
        ) {
            self.name = name
            self.arguments = ["train"] + arguments + Workplace.tiny
            self.prepare = prepare
        }

        var testDescription: String { name }
    }

    static let examples = [
        // Folders.
        Example("check-missing-folder", "check", "nowhere"),
        Example("check-file", "check", "file.txt") { try write("text", $0.appending(path: "file.txt")) },
        Example("check-empty-folder", "check", "empty") { try folder($0.appending(path: "empty")) },
        Example("check-unlabeled-series", "check", "series") {
            try folder($0.appending(path: "series"))
            try SmallHearts.image([UInt8](repeating: 1, count: 32 * 32 * 2 * 3), [32, 32, 2, 3])
                .write(to: $0.appending(path: "series/anna_4d.nii.gz"))
            try SmallHearts.image([UInt8](repeating: 1, count: 32 * 32 * 2), [32, 32, 2])
                .write(to: $0.appending(path: "series/anna_4d_gt.nii.gz"))
        },
        Example("check-strays", "check", "strays") {
            try folder($0.appending(path: "strays/anna"))
            _ = mkfifo($0.appending(path: "strays/anna/pipe.nii").path, 0o644)
        },
        Example("check-leads-out", "check", "leading-out") { root in
            try folder(root.appending(path: "leading-out/imagesTr"))
            let text = """
                {"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "LV"}, "numTraining": 1,
                 "training": [{"image": "../../etc/x", "label": "labelsTr/x.nii.gz"}]}
                """
            try write(text, root.appending(path: "leading-out/dataset.json"))
        },
        Example(train: "train-missing-folder", "nowhere", "--output", "new"),
        Example("train-no-labels", "train", "unlabeled", "--output", "new", "--fold", "all") {
            try folder($0.appending(path: "unlabeled"))
            try SmallHearts.image(SmallHearts.drawn(radius: 5, seed: 1).voxels)
                .write(to: $0.appending(path: "unlabeled/a.nii"))
        },
        Example("train-folds", "train", "hearts", "--output", "new"),
        Example("predict-empty-folder", "predict", "empty", "--model", "run", "--output", "new") {
            try folder($0.appending(path: "empty"))
        },
        Example("predict-missing-file", "predict", "nowhere.nii", "--model", "run", "--output", "new"),
        Example("evaluate-empty-folder", "evaluate", "--predictions", "empty", "--truth", "hearts") {
            try folder($0.appending(path: "empty"))
        },
        Example("evaluate-missing-folder", "evaluate", "--predictions", "nowhere", "--truth", "hearts"),
        Example("evaluate-other-data", "evaluate", "--predictions", "strange", "--truth", "hearts") {
            try folder($0.appending(path: "strange"))
            try SmallHearts.image(SmallHearts.drawn(radius: 5, seed: 1).labels)
                .write(to: $0.appending(path: "strange/stranger_pred.nii.gz"))
        },
        Example("evaluate-no-common-name", "evaluate", "--predictions", "cells", "--truth", "hearts") {
            try predictions($0, "cells", named: [Structure(name: "cell", label: 1)])
        },
        Example("evaluate-damaged-manifest", "evaluate", "--predictions", "damaged-out", "--truth", "hearts")
        {
            try predictions($0, "damaged-out", named: [Structure(name: "RV", label: 1)])
            try write("{", $0.appending(path: "damaged-out/predictions.json"))
        },
        Example("evaluate-other-frame", "evaluate", "--predictions", "frames", "--truth", "hearts") {
            try predictions(
                $0, "frames", named: [Structure(name: "RV", label: 1)], case: "patient001_frame03")
        },
        Example("predict-other-structures", "predict", "hearts", "--model", "run", "--output", "cells-out") {
            try folder($0.appending(path: "cells-out"))
            try write(
                "{\"formatVersion\":1,\"cases\":[\"a\"],\"structures\":[{\"name\":\"cell\",\"label\":255}]}",
                $0.appending(path: "cells-out/predictions.json"))
        },
        // Runs and models.
        Example(train: "train-run-exists", "hearts", "--output", "run"),
        Example(train: "train-results-in-place", "hearts", "--output", "weights") {
            try folder($0.appending(path: "weights"))
            try FileManager.default.copyItem(
                at: $0.appending(path: "run/last.safetensors"),
                to: $0.appending(path: "weights/last.safetensors"))
        },
        Example(
            "train-hold-out", "train", "hearts", "--output", "new", "--hold-out", "patient2", "patient003",
            "--patch", "32", "--depth", "2"),
        Example("train-phases", "train", "pairs", "--output", "new", "--phases", "ed", "--fold", "all") {
            try folder($0.appending(path: "pairs"))
            let (voxels, labels) = SmallHearts.drawn(radius: 5, seed: 1)
            try SmallHearts.image(voxels).write(to: $0.appending(path: "pairs/a.nii"))
            try SmallHearts.image(labels).write(to: $0.appending(path: "pairs/a_gt.nii"))
        },
        Example("convert-into-itself", "convert", "hearts", "--to", "nnunet", "--output", "hearts/new"),
        Example("train-no-run", "train", "hearts", "--output", "new", "--resume"),
        Example("train-other-setting", "train", "hearts", "--output", "run", "--resume", "--epochs", "3"),
        Example(
            "train-other-structures", "train", "hearts", "--output", "run", "--resume", "--structures", "A=1",
            "B=2", "C=3"),
        Example("train-other-data", "train", "others", "--output", "run", "--resume") {
            try SmallHearts.write($0.appending(path: "others"), patients: 2)
        },
        // Decisions from files.
        Example(train: "train-plan-missing", "hearts", "--output", "new", "--plan", "nowhere.json"),
        Example("train-plan-damaged", "train", "hearts", "--output", "new", "--plan", "damaged-plan.json") {
            try write("{\"training\": {}}", $0.appending(path: "damaged-plan.json"))
        },
        Example("train-plan-setting", "train", "hearts", "--output", "new", "--plan", "endless.json") {
            let text = try String(contentsOf: $0.appending(path: "run/plan.json"), encoding: .utf8)
            try write(
                text.replacing("\"batchSize\" : 8", with: "\"batchSize\" : 0"),
                $0.appending(path: "endless.json"))
        },
        Example(
            "train-plan-other-data", "train", "hearts", "--output", "new", "--plan", "run/plan.json",
            "--structures", "A=1", "B=2", "C=3"),
        Example(
            "train-splits-missing", "train", "hearts", "--output", "new", "--splits", "nowhere.json",
            "--patch", "32", "--depth", "2"),
        Example(
            "train-splits-unknown", "train", "hearts", "--output", "new", "--splits", "strangers.json",
            "--patch", "32", "--depth", "2"
        ) {
            try write(
                "{\"training\": [\"patient001\", \"patient9\"], \"validation\": [\"patient002\"]}",
                $0.appending(path: "strangers.json"))
        },
        Example(
            "train-splits-twice", "train", "hearts", "--output", "new", "--splits", "twice.json", "--patch",
            "32", "--depth", "2"
        ) {
            try write(
                "{\"training\": [\"patient001\", \"patient002\"], \"validation\": [\"patient002\"]}",
                $0.appending(path: "twice.json"))
        },
        Example(
            "usage-plan-patch", "train", "hearts", "--output", "new", "--plan", "run/plan.json", "--patch",
            "30"),
        Example(
            "usage-plan-dimensions", "train", "hearts", "--output", "new", "--plan", "run/plan.json",
            "--dimensions", "3d"),
        Example(
            "usage-plan-momentum", "train", "hearts", "--output", "new", "--plan", "run/plan.json",
            "--momentum", "0.9"),
        Example(
            "usage-plan-resume", "train", "hearts", "--output", "run", "--resume", "--plan",
            "run/plan.json"),
        Example(
            "usage-splits-resume", "train", "hearts", "--output", "run", "--resume", "--splits",
            "run/splits.json"),
        Example(
            "usage-splits-fold", "train", "hearts", "--output", "new", "--splits", "run/splits.json",
            "--fold", "0"),
        Example(
            "usage-splits-hold-out", "train", "hearts", "--output", "new", "--splits", "run/splits.json",
            "--hold-out", "patient001"),
        Example("train-other-numbers", "train", "turned-hearts", "--output", "run", "--resume") {
            try SmallHearts.write($0.appending(path: "turned-hearts"), patients: 3)
            try write(
                "{\"labels\": {\"LV\": 1, \"MYO\": 2, \"RV\": 3}}",
                $0.appending(path: "turned-hearts/labels.json"))
        },
        Example("convert-same-frames", "convert", "same-frames", "--to", "nnunet", "--output", "new") {
            try sameFrames($0.appending(path: "same-frames"))
        },
        Example("predict-same-frames", "predict", "same-frames", "--model", "run", "--output", "new") {
            try sameFrames($0.appending(path: "same-frames"))
        },
        Example("check-other-names", "check", "other-names") { try otherNames($0) },
        Example(train: "train-other-names", "other-names", "--output", "new") { try otherNames($0) },
        Example("predict-no-model", "predict", "hearts", "--model", "nowhere", "--output", "new"),
        Example("predict-no-run", "predict", "hearts", "--model", "hearts", "--output", "new"),
        Example(
            "predict-best", "predict", "hearts", "--model", "run", "--weights", "best", "--output", "new"),
        Example("predict-misfit", "predict", "hearts", "--model", "misfit", "--output", "new") {
            try damagedRun($0, "misfit", old: "\"filters\" : 2", new: "\"filters\" : 3")
        },
        Example("predict-damaged-plan", "predict", "hearts", "--model", "damaged", "--output", "new") {
            try damagedRun($0, "damaged", old: "{", new: "")
        },
        Example("predict-cut-weights", "predict", "hearts", "--model", "cut", "--output", "new") {
            try damagedRun($0, "cut", old: "", new: "")
            let file = $0.appending(path: "cut/last.safetensors")
            try Data(contentsOf: file).prefix(5).write(to: file)
        },
        Example(
            "predict-no-split", "predict", "hearts", "--model", "run", "--split", "validation", "-o", "new"),
        // What cannot be written; below a file nobody can, not even root.
        Example(train: "train-unwritable", "hearts", "--output", "file.txt/run"),
        Example("predict-unwritable", "predict", "hearts", "--model", "run", "--output", "file.txt"),
        Example(
            "evaluate-unwritable", "evaluate", "--predictions", "perfect", "--truth", "hearts", "--json",
            "file.txt/e.json"
        ) { root in
            try folder(root.appending(path: "perfect"))
            for patient in ["patient001", "patient002", "patient003"] {
                for frame in ["01", "07"] {
                    try NIfTIImage(
                        contentsOf: root.appending(
                            path: "hearts/\(patient)/\(patient)_frame\(frame)_gt.nii.gz")
                    ).write(to: root.appending(path: "perfect/\(patient)_frame\(frame)_pred.nii.gz"))
                }
            }
        },
        Example("phantom-not-empty", "phantom", "hearts", "--patients", "1"),
        // Arguments.
        Example("usage-patch", "train", "hearts", "--output", "new", "--patch", "50"),
        Example("usage-epochs", "train", "hearts", "--output", "new", "--epochs", "0"),
        Example("usage-fold", "train", "hearts", "--output", "new", "--fold", "9"),
        Example("usage-depth", "train", "hearts", "--output", "new", "--depth", "64"),
        Example("usage-resume-threads", "train", "hearts", "--output", "run", "--resume", "--threads", "0"),
        Example("usage-loss", "train", "hearts", "--output", "new", "--loss", "mse"),
        Example("usage-structures", "check", "hearts", "--structures", "RV=1", "RV=2"),
        Example(
            "usage-prediction-structures", "evaluate", "--predictions", "empty", "--truth", "hearts",
            "--prediction-structures", "RV=1", "LV=1"),
        Example("check-instances", "check", "hearts", "--instances"),
        Example("usage-frame", "predict", "hearts", "--model", "run", "--output", "new", "--frame", "0"),
        Example(
            "usage-frame-of-split", "predict", "hearts", "-m", "run", "-o", "new", "--frame", "1", "--phases",
            "ed"),
        Example(
            "usage-keep", "predict", "hearts", "-m", "run", "-o", "new", "--keep", "heart",
            "--largest-component"),
        Example("usage-missing", "train", "hearts"),
        Example(
            "usage-same-file", "evaluate", "--predictions", "empty", "--truth", "hearts", "--json", "scores",
            "--csv", "./scores"),
        Example("usage-elastic", "train", "hearts", "--output", "new", "--elastic", "nan"),
        Example(
            "usage-augmentation", "train", "hearts", "--output", "new", "--augmentation", "strong",
            "--no-augmentation"),
        Example("usage-filters", "train", "hearts", "--output", "new", "--filters", "65536"),
        Example("usage-patch-too-small", "train", "hearts", "--output", "new", "--patch", "4"),
        Example(
            "usage-patch-one-pixel", "train", "hearts", "--output", "new", "--patch", "16", "--norm",
            "instance"),
        Example("usage-describe-size", "describe", "--filters", "4", "--depth", "12"),
        Example("usage-benchmark-input", "benchmark", "train", "--input", "65536x65536"),
        Example("usage-demo", "demo", "--epochs", "0"),
        Example("usage-benchmark-threads", "benchmark", "predict", "--threads", "0"),
        Example("usage-phantom", "phantom", "new", "--patients", "0"),
    ]

    @Test(arguments: examples) func saysWhatIsWrong(_ example: Example) throws {
        let root = try Workplace.root()
        try Self.write("text", root.appending(path: "file.txt"))
        try example.prepare(root)
        let before = root.filesBelow
        let result = try Program.run(example.arguments, in: root)
        try Snapshot.check(Snapshot.text(example.arguments, result), "error-\(example.name)")
        #expect(result.status == (example.name.hasPrefix("usage") ? 64 : 1))
        #expect(root.filesBelow == before)
    }

    @Test func anArgumentThatIsNotUTF8() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" check \"$(printf 'caf\\351')\"", try Program.url().path]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(
            text
                == "Error: “caf\u{FFFD}” is not UTF-8, so no file with that name can be opened; rename the file or folder\n"
        )
        #expect(process.terminationStatus == 1)
    }

    @Test func seriesAreSegmentedInFolders() throws {
        let root = try Workplace.root()
        let hearts = root.appending(path: "beating")
        try Self.folder(hearts.appending(path: "bert"))
        let voxels = [6.0, 5, 4].flatMap { SmallHearts.drawn(radius: $0, seed: 1).voxels }
        let series = SmallHearts.image(voxels, [32, 32, 2, 3])
        for name in ["anna_4d", "bert/bert_4d"] {
            try series.write(to: hearts.appending(path: "\(name).nii.gz"))
        }
        try SmallHearts.image(SmallHearts.drawn(radius: 6, seed: 1).voxels).write(
            to: hearts.appending(path: "bert/frame01.nii.gz"))
        let check = try Program.run(["check", "beating"], in: root)
        try Snapshot.check(Snapshot.text(["check", "beating"], check), "check-series")
        let arguments = ["predict", "beating", "--model", "run", "--output", "beating-out", "--threads", "1"]
        let result = try Program.run(arguments, in: root)
        try Snapshot.check(Snapshot.text(arguments, result), "predict-series")
        let output = root.appending(path: "beating-out")
        #expect(try NIfTIImage(contentsOf: output.appending(path: "anna_4d_pred.nii.gz")).frameCount == 3)
        #expect(output.appending(path: "bert_frame01_pred.nii.gz").exists)
        #expect(!output.appending(path: "bert_4d_pred.nii.gz").exists)
    }

    @Test func brokenScansDoNotStopTheOthers() throws {
        let root = try Workplace.root()
        let scans = root.appending(path: "broken")
        try Self.writeBroken(scans)
        let arguments = ["predict", "broken", "--model", "run", "--output", "broken-out", "--threads", "1"]
        let result = try Program.run(arguments, in: root)
        try Snapshot.check(Snapshot.text(arguments, result), "error-broken-scans")
        #expect(result.status == 1)
        #expect(root.appending(path: "broken-out").names == ["good_pred.nii.gz", "predictions.json"])
    }

    /// Meters where millimeters are meant: a scan of some kilobytes that resampling would make terabytes of.
    @Test func wrongMillimeters() throws {
        let root = try Workplace.root()
        let data = root.appending(path: "meters")
        try SmallHearts.write(data, patients: 3)
        let (voxels, labels) = SmallHearts.drawn(radius: 6, seed: 1)
        let name = data.appending(path: "patient001/patient001_frame01")
        let spacing = [1.5e6, 1.5e6, 10]
        try NIfTIImage(voxels: voxels, dimensions: [32, 32, 2], spacing: spacing)
            .write(to: name.appendingPathExtension("nii.gz"))
        try NIfTIImage(voxels: labels, dimensions: [32, 32, 2], spacing: spacing)
            .write(to: URL(filePath: name.path + "_gt.nii.gz"))
        let predict = ["predict", "meters", "--model", "run", "--output", "meters-out", "--threads", "1"]
        let predicted = try Program.run(predict, in: root)
        try Snapshot.check(Snapshot.text(predict, predicted), "error-meters-predict")
        #expect(predicted.status == 1)
        #expect(root.appending(path: "meters-out").names.count == 6)
        let check = try Program.run(["check", "meters"], in: root)
        #expect(check.status == 1)
        #expect(check.output.contains("at most 64 GB is allowed"))
        let train = try Program.run(["train", "meters", "--output", "meters-run"] + Workplace.tiny, in: root)
        #expect(train.status == 0)
        let warnings = train.errors.split(separator: "\n").filter { $0.hasPrefix("warning:") }
        try Snapshot.check(warnings.joined(separator: "\n") + "\n", "error-meters-train")
    }

    /// What is no file would be waited for forever.
    @Test func pipes() throws {
        let root = try Workplace.root()
        let scans = root.appending(path: "pipes")
        try Self.folder(scans)
        for name in ["scan.nii.gz", "picture.png", "stack.tif", "weights.safetensors"] {
            #expect(mkfifo(scans.appending(path: name).path, 0o600) == 0)
        }
        let inputs = ["scan.nii.gz", "picture.png", "stack.tif"].map { "pipes/\($0)" }
        let predict = ["predict"] + inputs + ["--model", "run", "--output", "pipes-out", "--threads", "1"]
        let predicted = try Program.run(predict, in: root)
        try Snapshot.check(Snapshot.text(predict, predicted), "error-pipes-predict")
        let weights = ["predict", "hearts", "--model", "pipes/weights.safetensors", "--output", "pipes-out"]
        let model = try Program.run(weights, in: root)
        try Snapshot.check(Snapshot.text(weights, model), "error-pipes-model")
        #expect(predicted.status == 1 && model.status == 1)
    }

    @Test func brokenDataset() throws {
        let root = try Workplace.root()
        let data = root.appending(path: "bad-hearts")
        try SmallHearts.write(data, patients: 5)
        func file(_ patient: Int, _ ending: String) -> URL {
            data.appending(path: "patient00\(patient)/patient00\(patient)_\(ending)")
        }
        try SmallHearts.image([UInt8](repeating: 1, count: 32 * 31 * 2), [32, 31, 2])
            .write(to: file(1, "frame01_gt.nii.gz"))
        try SmallHearts.image([UInt8](repeating: 9, count: 32 * 32 * 2)).write(
            to: file(2, "frame01_gt.nii.gz"))
        try FileManager.default.removeItem(at: file(3, "frame07_gt.nii.gz"))
        try FileManager.default.removeItem(at: data.appending(path: "patient004/Info.cfg"))
        try FileManager.default.removeItem(at: file(5, "frame07.nii.gz"))

        let check = try Program.run(["check", "bad-hearts"], in: root)
        try Snapshot.check(Snapshot.text(["check", "bad-hearts"], check), "error-broken-data-set")
        #expect(check.status == 1)

        // Labels that nobody has named end the training before it begins.
        let arguments = ["train", "bad-hearts", "--output", "bad-run"] + Workplace.tiny
        let unknown = try Program.run(arguments, in: root)
        #expect(unknown.status == 1)
        #expect(!FileManager.default.fileExists(atPath: root.appending(path: "bad-run").path))
        try Snapshot.check(unknown.errors, "error-broken-data-set-labels")

        // What cannot be read is left out, and training says so.
        let labels = try Data(contentsOf: file(2, "frame01_gt.nii.gz"))
        try FileManager.default.removeItem(at: file(2, "frame01_gt.nii.gz"))
        let train = try Program.run(arguments, in: root)
        try labels.write(to: file(2, "frame01_gt.nii.gz"))
        #expect(train.status == 0)
        let warnings = train.errors.split(separator: "\n").filter { $0.hasPrefix("warning:") }
        try Snapshot.check(warnings.joined(separator: "\n") + "\n", "error-broken-data-set-training")

        // A missing label file, or none that is right: nothing is scored, all is listed.
        let predict = [
            "predict", "bad-hearts", "--model", "run", "--output", "bad-predictions", "--threads", "1",
        ]
        #expect(try Program.run(predict, in: root).status == 0)
        let scoring = ["evaluate", "--predictions", "bad-predictions", "--truth", "bad-hearts"]
        let evaluate = try Program.run(scoring, in: root)
        #expect(evaluate.status == 1)
        #expect(evaluate.output.contains("no reference"))
        try Snapshot.check(evaluate.errors, "error-broken-data-set-scores")
    }

    @Test(.enabled("needs the right to mount a small file system") { try Disk.canMount() })
    func fullDisk() throws {
        let root = try Workplace.root()
        try Disk.withFull(root.appending(path: "full")) {
            for (name, arguments) in [
                ("train", ["train", "hearts", "--output", "full/run"] + Workplace.tiny),
                ("predict", ["predict", "hearts", "--model", "run", "--output", "full", "--threads", "1"]),
                ("phantom", ["phantom", "full/hearts", "--patients", "1"]),
            ] {
                let result = try Program.run(arguments, in: root)
                try Snapshot.check(Snapshot.text(arguments, result), "error-full-disk-\(name)")
                #expect(result.status == 1)
                // Folders may remain, no half file does.
                #expect(Set(root.appending(path: "full").filesBelow.keys) == ["filler"])
            }
        }
    }

    // MARK: what is wrong

    private static func folder(_ url: URL) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// A labeled scan, and two series whose frames have the same names.
    private static func sameFrames(_ url: URL) throws {
        try folder(url)
        let (voxels, labels) = SmallHearts.drawn(radius: 5, seed: 1)
        try SmallHearts.image(voxels).write(to: url.appending(path: "q.nii"))
        try SmallHearts.image(labels).write(to: url.appending(path: "q_gt.nii"))
        for name in ["A", "A_4d"] {
            try SmallHearts.image(voxels + voxels, [32, 32, 2, 2])
                .write(to: url.appending(path: "\(name).nii"))
        }
    }

    /// Hearts with a label file that calls its labels otherwise than ACDC does.
    private static func otherNames(_ root: URL) throws {
        try SmallHearts.write(root.appending(path: "other-names"), patients: 3)
        let file = root.appending(path: "other-names/patient002/patient002_frame01_gt.nii.gz")
        try NIfTIImage(contentsOf: file).naming([
            Structure(name: "LV", label: 1), Structure(name: "MYO", label: 2),
            Structure(name: "RV", label: 3),
        ]).write(to: file)
    }

    /// A folder with a prediction of a case, whose labels have these names.
    private static func predictions(
        _ root: URL, _ name: String, named structures: [Structure], case: String = "patient001_frame01"
    ) throws {
        try folder(root.appending(path: name))
        let labels = SmallHearts.drawn(radius: 5, seed: 1).labels.map { UInt8($0 == 1 ? 1 : 0) }
        try SmallHearts.image(labels).naming(structures)
            .write(to: root.appending(path: "\(name)/\(`case`)_pred.nii.gz"))
    }

    private static func write(_ text: String, _ file: URL) throws { try Data(text.utf8).write(to: file) }

    /// A copy of the run whose plan has `new` in the place of the first `old`.
    private static func damagedRun(_ root: URL, _ name: String, old: String, new: String) throws {
        let copy = root.appending(path: name)
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: root.appending(path: "run"), to: copy)
        guard !old.isEmpty else { return }
        let plan = copy.appending(path: "plan.json")
        let text = try String(contentsOf: plan, encoding: .utf8)
        try write(text.replacing(old, with: new, maxReplacements: 1), plan)
    }

    /// A good scan, and copies of it with one thing wrong each.
    private static func writeBroken(_ scans: URL) throws {
        try folder(scans)
        let image = SmallHearts.image(SmallHearts.drawn(radius: 5, seed: 1).voxels)
        let good = scans.appending(path: "good.nii")
        try image.write(to: good)
        let bytes = try Data(contentsOf: good)
        func write(_ name: String, at offset: Int, _ replacement: [UInt8]) throws {
            var changed = bytes
            changed.replaceSubrange(offset..<offset + replacement.count, with: replacement)
            try changed.write(to: scans.appending(path: name))
        }
        try image.write(to: scans.appending(path: "whole.nii.gz"))
        let whole = try Data(contentsOf: scans.appending(path: "whole.nii.gz"))
        try FileManager.default.removeItem(at: scans.appending(path: "whole.nii.gz"))
        try whole.prefix(whole.count / 2).write(to: scans.appending(path: "cut-gzip.nii.gz"))
        var corrupt = whole
        for index in 200..<220 { corrupt[index] ^= 0xff }
        try corrupt.write(to: scans.appending(path: "corrupt-gzip.nii.gz"))
        try bytes.prefix(1000).write(to: scans.appending(path: "cut.nii"))
        try Data().write(to: scans.appending(path: "empty.nii"))
        try Data("This is no image.".utf8).write(to: scans.appending(path: "text.nii"))
        // dim[0…7] is at byte 40, two bytes each; pixdim[1…3] at 80; the magic at 344; the voxels at 352.
        try write("dim-zero.nii", at: 42, [0, 0])
        try write("dim-negative.nii", at: 44, [0xfb, 0xff])
        try write("dim-huge.nii", at: 42, [0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f])
        try write("dim-too-many.nii", at: 46, [100, 0])
        try write("spacing.nii", at: 80, [0, 0, 0, 0])
        try write("magic.nii", at: 344, Array("abc".utf8))
        let numbers = SmallHearts.drawn(radius: 5, seed: 1).voxels.enumerated().map {
            $0.offset == 77 ? Float.nan : $0.offset == 78 ? .infinity : Float($0.element)
        }
        try SmallHearts.image(numbers).write(to: scans.appending(path: "nan.nii.gz"))
    }
}

/// A small file system of its own that is full.
enum Disk {
    static func canMount() throws -> Bool {
        try withTemporaryDirectory { folder in
            guard (try? mount(folder)) == true else { return false }
            unmount(folder)
            return true
        }
    }

    /// - Parameter room: bytes that are left.
    static func withFull(_ folder: URL, leaving room: Int = 0, _ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try #require(try mount(folder))
        defer { unmount(folder) }
        let filler = open(
            folder.appending(path: "filler").path(percentEncoded: false), O_WRONLY | O_CREAT, 0o644)
        try #require(filler >= 0)
        let page = [UInt8](repeating: 1, count: 4096)
        while page.withUnsafeBytes({ write(filler, $0.baseAddress, $0.count) }) > 0 {}
        ftruncate(filler, lseek(filler, 0, SEEK_END) - off_t(room))
        close(filler)
        try body()
    }

    private static func mount(_ folder: URL) throws -> Bool {
        try run("mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder.path(percentEncoded: false)]) == 0
    }

    private static func unmount(_ folder: URL) {
        _ = try? run("umount", [folder.path(percentEncoded: false)])
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
