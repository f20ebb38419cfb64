import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

/// The whole job with the program itself, on synthetic hearts.
@Suite(.serialized) struct EndToEndTests {
    @Test func phantomToScores() throws {
        try withTemporaryDirectory { folder in
            func unet(_ arguments: String...) throws -> Program.Result {
                let result = try Program.run(arguments, in: folder)
                #expect(result.status == 0, "unet \(arguments.joined(separator: " ")): \(result.errors)")
                return result
            }
            _ = try unet("phantom", "hearts", "--patients", "2", "--seed", "7")
            #expect(folder.appending(path: "hearts/phantom.json").exists)
            let check = try unet("check", "hearts")
            #expect(check.output.hasPrefix("hearts: ACDC layout, 2 patients, 4 cases, "))
            #expect(check.output.hasSuffix("problems    none\n"))
            #expect(check.errors.isEmpty)
            let audit = try json(Data(unet("check", "hearts", "--json").output.utf8))
            #expect(audit["patients"] as? Int == 2)

            let training = try unet(
                "train", "hearts", "--output", "runs/tiny", "--fold", "all", "--filters", "2", "--epochs",
                "1",
                "--patch", "64", "--threads", "1", "--device", "cpu")
            #expect(training.output.contains(#/^trained 1 epoch in .*: runs/tiny\n$/#))
            #expect(training.errors.hasPrefix("training "))
            #expect(
                folder.appending(path: "runs/tiny").names == [
                    "curves.svg", "last.safetensors", "log.csv", "plan.json", "splits.json", "summary.json",
                ])

            let prediction = try unet(
                "predict", "hearts", "--model", "runs/tiny", "--output", "out", "--probabilities",
                "--overlay",
                "--threads", "1", "--device", "cpu")
            #expect(prediction.output == "4 of 4 segmented into out\n")
            #expect(prediction.errors.isEmpty)
            let names = folder.appending(path: "out").names
            #expect(names.count == 13)
            #expect(names.count { $0.hasSuffix("_overlay.png") } == 4)

            let evaluation = try unet(
                "evaluate", "--predictions", "out", "--truth", "hearts", "--probabilities", "out", "--json",
                "scores.json", "--csv", "scores.csv")
            #expect(evaluation.errors.isEmpty)
            #expect(evaluation.output.contains("Loss: cross-entropy"))
            try checkFormat(json(Data(contentsOf: folder.appending(path: "scores.json"))))
            let rows = try String(contentsOf: folder.appending(path: "scores.csv"), encoding: .utf8)
                .split(separator: "\r\n")
            #expect(rows.count == 1 + 4 * 3)
            #expect(rows[0].hasPrefix("case,patient,phase,structure,outcome,dice,iou,"))
        }
    }

    @Test func samplesAreDrawnBeforeATraining() throws {
        try withTemporaryDirectory { folder in
            #expect(try Program.run(["phantom", "hearts", "--patients", "5"], in: folder).status == 0)
            for (name, settings) in [
                ("2d", ["--recipe", "best"]), ("3d", ["--dimensions", "3d", "--augmentation", "strong"]),
                ("classic", ["--architecture", "classic"]),
            ] {
                let result = try Program.run(
                    ["preview", "hearts", "--output", "\(name).png", "--samples", "7"] + settings, in: folder)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output == "7 samples: \(name).png\n")
                let picture = try PNGImage(contentsOf: folder.appending(path: "\(name).png"))
                #expect(picture.width > 1000 && picture.height > 400)
            }
            let none = try Program.run(
                ["preview", "hearts", "--output", "no.png", "--samples", "0"], in: folder)
            #expect(none.status == 64 && none.errors.hasPrefix("Error: --samples must be from 1 to 100\n"))
            #expect(!folder.appending(path: "no.png").exists)
        }
    }

    @Test func crossValidationToAModelFolder() throws {
        try withTemporaryDirectory { folder in
            func unet(_ arguments: String...) throws -> Program.Result {
                try Program.run(arguments, in: folder)
            }
            #expect(try unet("phantom", "hearts", "--patients", "5", "--seed", "7").status == 0)
            let settings = [
                "--filters", "2", "--epochs", "1", "--patch", "64", "--threads", "1", "--augmentation",
                "strong",
            ]
            let begun = ["crossvalidate", "hearts", "--output", "cv", "--device", "cpu"]
            let first = try Program.run(begun + settings + ["--folds", "0", "3"], in: folder)
            #expect(first.status == 0, "\(first.errors)")
            #expect(
                first.output
                    == "not all folds are trained yet; run the same command again to train the others and to score them\n"
            )
            // What the folder was begun with need not be said again, and must not be contradicted.
            let other = try Program.run(begun + ["--filters", "4"], in: folder)
            #expect(other.status == 1)
            #expect(
                other.errors
                    == "Error: cv: the run was started with --filters 2 and cannot be resumed with 4; use the same value, or start a new run in another --output\n"
            )
            let rest = try Program.run(begun + ["--threads", "1"], in: folder)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.errors.contains("2 of 5 folds are trained"))
            #expect(rest.output.contains("Mean Dice of 10 held-out cases by the way labels are made:"))
            #expect(rest.output.hasSuffix("model: cv/model\n"))
            #expect(folder.appending(path: "cv/predictions").names.count == 11)

            let prediction = try unet(
                "predict", "hearts", "--model", "cv/model", "--output", "out", "--threads", "1", "--device",
                "cpu")
            #expect(prediction.status == 0, "\(prediction.errors)")
            #expect(prediction.output.hasPrefix("10 of 10 segmented into out\n"))

            let fold = try unet("crossvalidate", "hearts", "--output", "other", "--fold", "0")
            #expect(fold.status == 64)
            #expect(
                fold.errors.hasPrefix(
                    "Error: a cross-validation holds out every patient once; remove --fold\n"))
            let none = try unet("crossvalidate", "hearts", "--output", "cv", "--folds", "5")
            #expect(none.status == 64 && none.errors.hasPrefix("Error: there is no fold 5, only 0 to 4\n"))
        }
    }

    /// What DESIGN promises of evaluation.json to other programs.
    private func checkFormat(_ scores: [String: Any]) throws {
        let cases = try #require(scores["cases"] as? [[String: Any]])
        #expect(cases.count == 4)
        for item in cases {
            #expect((item["case"] as? String)?.hasPrefix("patient00") == true)
            #expect(["ED", "ES"].contains(item["phase"] as? String))
            let structures = try #require(item["structures"] as? [String: [String: Any]])
            #expect(Set(structures.keys) == ["RV", "MYO", "LV"])
            for score in structures.values {
                for key in [
                    "dice", "iou", "hausdorff_mm", "hd95_mm", "assd_mm", "volume_ml", "reference_volume_ml",
                ] {
                    #expect(score[key] is NSNumber || score[key] is NSNull, "\(key)")
                }
                #expect(score["reference_volume_ml"] is NSNumber)
            }
            #expect(item["loss"] is [String: Any])
        }
        let mean = try #require(scores["mean"] as? [String: [String: Any]])
        #expect(Set(mean.keys) == ["RV", "MYO", "LV", "foreground"])
        #expect(Set(try #require(mean["foreground"]).keys) == ["dice", "iou"])
        #expect(scores["clinical"] is [String: Any])
        #expect(scores["loss"] is [String: Any])
    }

    private func json(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func picturesWhoseMasksNumberTheirCells() throws {
        try withTemporaryDirectory { folder in
            let size = Extent(width: 32, height: 32)
            for number in 0..<3 {
                let ids = (0..<size.count).map { index -> UInt16 in
                    let (x, y) = (index % 32, index / 32)
                    guard 8 + number..<24 ~= y, 4..<28 ~= x, x != 16 else { return 0 }
                    return x < 16 ? 300 : 65535
                }
                for (name, values) in [("images", ids.map { $0 == 0 ? 40 : 200 }), ("labels", ids)] {
                    let file = folder.appending(path: "cells/\(name)/\(number).tif")
                    try FileManager.default.createDirectory(
                        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try TIFFFile.write(values, extent: size, to: file)
                }
            }
            func unet(_ arguments: String...) throws -> Program.Result {
                let result = try Program.run(arguments, in: folder)
                #expect(result.status == 0, "unet \(arguments.joined(separator: " ")): \(result.errors)")
                return result
            }
            let check = try unet("check", "cells", "--instances")
            #expect(check.output.contains("cell") && check.output.hasSuffix("problems    none\n"))
            _ = try unet(
                "train", "cells", "--instances", "--output", "run", "--border-weights", "--filters", "4",
                "--depth",
                "2", "--patch", "32", "--epochs", "6", "--steps", "10", "--batch-size", "2",
                "--learning-rate",
                "0.01", "--fold", "all", "--threads", "1", "--device", "cpu")
            let plan = try json(Data(contentsOf: folder.appending(path: "run/plan.json")))
            #expect((plan["training"] as? [String: Any])?["instances"] as? Bool == true)
            _ = try unet("predict", "cells", "--model", "run", "--output", "out", "--threads", "1")
            #expect(
                folder.appending(path: "out").names == [
                    "0_pred.png", "1_pred.png", "2_pred.png", "predictions.json",
                ])
            _ = try unet(
                "evaluate", "--predictions", "out", "--truth", "cells", "--instances", "--json", "scores.json"
            )
            let scores = try json(Data(contentsOf: folder.appending(path: "scores.json")))
            let mean = try #require(scores["mean"] as? [String: [String: Any]])
            #expect(try #require(mean["cell"]?["dice"] as? Double) > 0.9)
            // Without the word, the masks are refused.
            let refused = try Program.run(["check", "cells"], in: folder)
            #expect(refused.status == 1 && refused.errors.contains("add --instances if it does"))
        }
    }

    @Test func framesOfASeries() throws {
        let root = try Workplace.root()
        let single = SmallHearts.drawn(radius: 5, seed: 1).voxels
        let shifted = single.map { 255 - $0 }
        try SmallHearts.image(single + shifted + single, [32, 32, 2, 3])
            .write(to: root.appending(path: "p_4d.nii.gz"))
        let arguments = [
            "predict", "p_4d.nii.gz", "--model", "run", "--output", "of-a-series", "--threads", "1",
        ]
        #expect(try Program.run(arguments + ["--overlay"], in: root).status == 0)
        #expect(try Program.run(arguments + ["--frame", "2"], in: root).status == 0)
        let folder = root.appending(path: "of-a-series")
        #expect(
            folder.names == [
                "p_4d_pred.nii.gz", "p_frame01_overlay.png", "p_frame02_overlay.png",
                "p_frame02_pred.nii.gz", "p_frame03_overlay.png", "predictions.json",
            ])
        let whole = try NIfTIImage(contentsOf: folder.appending(path: "p_4d_pred.nii.gz"))
        let frame = try NIfTIImage(contentsOf: folder.appending(path: "p_frame02_pred.nii.gz"))
        #expect(whole.dimensions == [32, 32, 2, 3])
        #expect(try whole.integers(frame: 1) == frame.integers())
        let beyond = arguments + ["--frame", "4"]
        try Snapshot.check(Snapshot.text(beyond, Program.run(beyond, in: root)), "error-frame-beyond")
    }

    @Test func splitsAndPhasesChooseCases() throws {
        try withTemporaryDirectory { folder in
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 5)
            func unet(_ arguments: String...) throws -> String {
                let result = try Program.run(arguments, in: folder)
                #expect(result.status == 0, "\(result.errors)")
                return result.output
            }
            _ = try unet(
                "train", "hearts", "--output", "run", "--filters", "2", "--depth", "2", "--patch", "32",
                "--epochs", "1", "--fold", "1", "--threads", "1", "--no-augmentation", "--device", "cpu")
            #expect(folder.appending(path: "run/best.safetensors").exists)
            // A weights file knows the run around it, too.
            for model in ["run", "run/best.safetensors"] {
                #expect(
                    try unet(
                        "predict", "hearts", "--model", model, "--split", "validation", "--output", "held-out"
                    )
                        == "2 of 2 segmented into held-out\n")
            }
            #expect(
                try unet(
                    "predict", "hearts", "--model", "run", "run/best.safetensors", "--split", "training",
                    "--phases", "es", "--largest-component", "--output", "trained"
                )
                .hasPrefix("4 of 4 segmented into trained\nkept the heart ("))
            #expect(
                folder.appending(path: "trained").names.allSatisfy {
                    $0.contains("_frame07_pred") || $0 == "predictions.json"
                })
            let scores = try unet("evaluate", "--predictions", "held-out", "--truth", "hearts")
            #expect(scores.contains("foreground"))
        }
    }
}

/// Other networks and other data than the heart's slices, through the program itself.
@Suite(.serialized) struct OtherNetworksTests {
    @Test(arguments: [
        ["--dimensions", "3d", "--patch", "64", "--deep-supervision", "--norm", "instance"],
        [
            "--architecture", "classic", "--patch", "108", "--depth", "2", "--elastic", "3",
            "--border-weights",
        ],
        ["--architecture", "residual", "--patch", "64", "--optimizer", "sgd", "--momentum", "0.9"],
        ["--architecture", "classic", "--dimensions", "3d", "--patch", "60", "--depth", "2"],
    ])
    func areTrainedAndPredict(options: [String]) throws {
        try withTemporaryDirectory { folder in
            func unet(_ arguments: [String]) throws -> Program.Result {
                let result = try Program.run(arguments, in: folder)
                #expect(result.status == 0, "unet \(arguments.joined(separator: " ")): \(result.errors)")
                return result
            }
            _ = try unet(["phantom", "hearts", "--patients", "2", "--seed", "7"])
            let patient = try #require(
                folder.appending(path: "hearts/training").names.first { $0.hasPrefix("patient") })
            let common = [
                "--filters", "2", "--epochs", "1", "--steps", "2", "--threads", "1", "--device", "cpu",
            ]
            _ = try unet(
                ["train", "hearts", "--output", "run", "--hold-out", patient] + common + options)
            let prediction = try unet([
                "predict", "hearts", "--model", "run", "--output", "out", "--split", "validation",
                "--threads", "1",
                "--device", "cpu",
            ])
            #expect(prediction.output == "2 of 2 segmented into out\n")
            let comparison = try unet(["compare", "run", "--picture", "curves.svg"])
            #expect(comparison.output.contains(options.contains("3d") ? "3d " : "2d "))
            #expect(folder.appending(path: "curves.svg").exists)
            _ = try unet(["describe", "--model", "run"])
        }
    }
}
