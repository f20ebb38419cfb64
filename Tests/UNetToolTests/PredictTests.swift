import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

/// What `unet predict` does with the network's answer.
@Suite(.serialized) struct PredictTests {
    /// A contracted heart in two slices (RV 1, MYO 2, LV 3) whose left ventricle may be lost; and a bone that looks like
    /// a larger one.
    private func labels(ventricle: Bool = true, bone: Bool = true) -> [UInt8] {
        var labels: [UInt8] = []
        for _ in 0..<2 {
            for y in 0..<32 {
                for x in 0..<32 {
                    let isBone = bone && (25...29).contains(x) && (24...28).contains(y)
                    let isMuscle = (8...17).contains(x) && (8...17).contains(y)
                    let isVentricle = ventricle && (12...14).contains(x) && (12...14).contains(y)
                    let isRight = (4...7).contains(x) && (10...15).contains(y)
                    labels.append(isBone || isVentricle ? 3 : isMuscle ? 2 : isRight ? 1 : 0)
                }
            }
        }
        return labels
    }

    private func write(_ labels: [UInt8], _ file: URL, _ dimensions: [Int] = [32, 32, 2]) throws {
        try SmallHearts.image(IntensityNetwork.intensities(labels), dimensions).write(to: file)
    }

    @Test func componentsAreKeptByARule() throws {
        try withTemporaryDirectory { root in
            try SmallHearts.write(root.appending(path: "hearts"), patients: 3)
            try IntensityNetwork.make("run", in: root, for: labels())
            let scans = root.appending(path: "scans")
            try FileManager.default.createDirectory(at: scans, withIntermediateDirectories: true)
            try write(labels(), scans.appending(path: "contracted.nii.gz"))
            try write(labels(ventricle: false), scans.appending(path: "lost.nii.gz"))
            try write(labels(bone: false), scans.appending(path: "sound.nii.gz"))
            try write(
                labels() + labels(ventricle: false), root.appending(path: "beating_4d.nii.gz"),
                [32, 32, 2, 2]
            )
            func predict(_ output: String, _ arguments: String...) throws -> Program.Result {
                let arguments =
                    ["predict", "scans", "beating_4d.nii.gz", "--model", "run", "--output", output]
                    + ["--threads", "1"] + arguments
                let result = try Program.run(arguments, in: root)
                try Snapshot.check(Snapshot.text(arguments, result), "predict-\(output)")
                return result
            }
            func found(_ output: String, _ name: String) throws -> [UInt8] {
                let file = root.appending(path: "\(output)/\(name)_pred.nii.gz")
                return try LabelMap(image: NIfTIImage(contentsOf: file)).labels
            }
            #expect(try predict("all").status == 0)
            #expect(try found("all", "contracted") == labels())
            #expect(try found("all", "lost") == labels(ventricle: false))

            // The rule that fits a heart's names, and the same by its own.
            #expect(try predict("fitting", "--largest-component").status == 0)
            #expect(try predict("heart", "--keep", "heart").status == 0)
            for output in ["fitting", "heart"] {
                #expect(try found(output, "contracted") == labels(bone: false))
                #expect(try found(output, "lost") == labels(ventricle: false, bone: false))
                #expect(try found(output, "sound") == labels(bone: false))
            }

            let manifest = try JSONSerialization.jsonObject(
                with: Data(contentsOf: root.appending(path: "heart/predictions.json")))
            let components = try #require((manifest as? [String: Any])?["components"] as? [String: Any])
            func removed(_ name: String) -> [String: Int]? {
                let entry = components[name] as? [String: Any]
                return entry?["rule"] as? String == "heart" ? entry?["removed"] as? [String: Int] : nil
            }
            #expect(components.count == 4)
            #expect(removed("contracted") == ["LV": 50] && removed("lost") == ["LV": 50])
            #expect(removed("sound") == [:] && removed("beating_4d") == ["LV": 100])

            #expect(try predict("largest", "--keep", "largest").status == 0)
            // The hole where the ventricle was is background.
            let whole = labels()
            let muscle = labels(ventricle: false)
            #expect(
                try found("largest", "contracted")
                    == whole.indices.map { whole[$0] == muscle[$0] ? whole[$0] : 0 })
        }
    }

    @Test(.enabled("needs the right to mount a small file system") { try Disk.canMount() })
    func noHalfOverlayOnAFullDisk() throws {
        let root = try Workplace.root()
        let disk = root.appending(path: "nearly-full")
        // Room for labels, and none for a picture.
        try Disk.withFull(disk, leaving: 8192) {
            let arguments = [
                "predict", "hearts/patient001/patient001_frame01.nii.gz", "--model", "run", "--output",
                "nearly-full", "--overlay", "--threads", "1",
            ]
            let result = try Program.run(arguments, in: root)
            try Snapshot.check(Snapshot.text(arguments, result), "error-full-disk-overlay")
            #expect(result.status == 1)
            let left = Set(disk.filesBelow.keys)
            #expect(left.isSuperset(of: ["filler", "patient001_frame01_pred.nii.gz"]))
            #expect(!left.contains { $0.hasSuffix(".png") || $0.hasSuffix(".tmp") }, "\(left)")
            _ = try NIfTIImage(contentsOf: disk.appending(path: "patient001_frame01_pred.nii.gz"))
        }
    }

    @Test func aKilledPredictionLeavesWholeFiles() throws {
        let root = try Workplace.root()
        let scans = root.appending(path: "many")
        try FileManager.default.createDirectory(at: scans, withIntermediateDirectories: true)
        for number in 0..<40 {
            try SmallHearts.image(SmallHearts.drawn(radius: 5, seed: number).voxels)
                .write(to: scans.appending(path: "scan\(number).nii.gz"))
        }
        let output = root.appending(path: "killed")
        let null = FileHandle.nullDevice
        let process = try Program.start(
            [
                "predict", "many", "--model", "run", "--output", "killed", "--overlay", "--probabilities",
                "--threads", "1",
            ], in: root, output: null, errors: null)
        // Wherever the kill strikes, what is there is whole.
        while process.isRunning, !output.names.contains(where: { $0.hasSuffix("_overlay.png") }) {
            usleep(1000)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let names = output.names.filter { !$0.hasSuffix(".tmp") }
        #expect(names.contains { $0.hasSuffix("_overlay.png") })
        for name in names {
            let file = output.appending(path: name)
            switch file.pathExtension {
            case "png": #expect(try PNGImage(contentsOf: file).width > 260, "\(name)")
            case "json": _ = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            default: #expect(try NIfTIImage(contentsOf: file).dimensions.prefix(3) == [32, 32, 2], "\(name)")
            }
        }
    }
}
