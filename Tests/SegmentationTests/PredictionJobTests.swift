import Datasets
import Foundation
import Imaging
import NIfTI
import RunFixtures
import Runs
import Scans
import Segmentation
import TestSupport
import Testing
import Torch

@TensorActor @Suite(.serialized) struct PredictionJobTests {
    /// A scan with everything in its header that a prediction must keep.
    private func write(_ file: URL, dimensions: [Int] = [21, 19, 3]) throws {
        var generator = SeededGenerator(seed: 11)
        var image = NIfTIImage(
            voxels: (0..<dimensions.reduce(1, *)).map { _ in Float(generator.uniform(0...300)) },
            dimensions: dimensions, spacing: Array([1.25, 1.5, 8, 0.03].prefix(dimensions.count)))
        image.header.setSform([-1.25, 0.1, 0, 30, 0, -1.5, 0.2, 40, 0, 0, 8, -12.5, 0, 0, 0, 1], code: 2)
        try image.write(to: file)
        // The qform (code, quaternion, offset) and the units, byte by byte: code 1, a half turn about z, mm and s.
        guard file.pathExtension == "nii" else { return }
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(252..<254, with: [1, 0])
        for (offset, value) in [(256, Float(0)), (260, 0), (264, 1), (268, 12.5), (272, -7), (276, 3)] {
            withUnsafeBytes(of: value.bitPattern.littleEndian) {
                bytes.replaceSubrange(offset..<offset + 4, with: $0)
            }
        }
        bytes[123] = 2 | 8
        try bytes.write(to: file)
    }

    private func run(_ inputs: [PredictionInput], _ output: URL, probabilities: Bool = false) async throws
        -> [PredictionJob.Failure]
    {
        try await withTensors {
            var job = PredictionJob(try Predictor([randomModel()]), output: output)
            job.writesProbabilities = probabilities
            return try await job.run(inputs)
        }
    }

    @Test func geometryIsKeptByteForByte() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "scan.nii")
            try write(file)
            let output = folder.appending(path: "out")
            #expect(try await run([PredictionInput(file)], output, probabilities: true).isEmpty)
            #expect(output.names == ["predictions.json", "scan_pred.nii.gz", "scan_prob.nii.gz"])

            let prediction = output.appending(path: "scan_pred.nii.gz")
            try NIfTIImage(contentsOf: prediction).write(to: output.appending(path: "plain.nii"))
            let (input, found) = (
                try Data(contentsOf: file), try Data(contentsOf: output.appending(path: "plain.nii"))
            )
            // dim, pixdim, xyzt_units, and from qform_code to srow_z.
            for range in [40..<56, 76..<108, 123..<124, 252..<328] {
                #expect(found[range] == input[range], "bytes \(range)")
            }
            let image = try NIfTIImage(contentsOf: prediction)
            #expect(image.header.datatype == .uint8)
            #expect(image.header.qformCode == 1)
            #expect(image.header.qform[3] == 12.5)
            #expect(try image.integers().allSatisfy { (0...2).contains($0) })

            let probabilities = try NIfTIImage(contentsOf: output.appending(path: "scan_prob.nii.gz"))
            #expect(probabilities.header.datatype == .float32)
            #expect(probabilities.dimensions == [21, 19, 3, 3])
            #expect(probabilities.header.affine == image.header.affine)
            let likeliest = try ProbabilityMap(image: probabilities).argmax().labels
            #expect(try likeliest == LabelMap(image: image).labels)
        }
    }

    @Test func aSeriesIsSegmentedWholeOrByFrame() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "p_4d.nii.gz")
            try write(file, dimensions: [21, 19, 3, 4])
            let output = folder.appending(path: "out")
            let frames = (0..<4).map { PredictionInput(file, frame: $0) }
            #expect(try await run([PredictionInput(file)] + frames, output).isEmpty)
            let whole = try NIfTIImage(contentsOf: output.appending(path: "p_4d_pred.nii.gz"))
            #expect(whole.dimensions == [21, 19, 3, 4])
            #expect(whole.header.pixdim == (try NIfTIHeader(contentsOf: file)).pixdim)
            for frame in 0..<4 {
                let single = try NIfTIImage(
                    contentsOf: output.appending(path: "p_frame0\(frame + 1)_pred.nii.gz"))
                #expect(single.dimensions == [21, 19, 3])
                #expect(try single.integers() == whole.integers(frame: frame))
            }
            #expect(try whole.integers(frame: 0) != whole.integers(frame: 1))
        }
    }

    @Test func failuresDoNotStopTheOthers() async throws {
        try await withTemporaryDirectory { folder in
            let names = ["a.nii", "b.nii", "huge.nii", "nan.nii", "p_4d.nii", "z.nii"]
            for name in names {
                try write(
                    folder.appending(path: name), dimensions: name == "p_4d.nii" ? [8, 8, 2, 3] : [8, 8, 2])
            }
            try Data("text".utf8).write(to: folder.appending(path: "b.nii"))
            try patch(folder.appending(path: "nan.nii"), at: 352, Float.nan)
            try patch(folder.appending(path: "huge.nii"), at: 80, Float(1e7))
            var inputs = names.map { PredictionInput(folder.appending(path: $0)) }
            inputs.append(PredictionInput(folder.appending(path: "p_4d.nii"), frame: 3))
            inputs.append(PredictionInput(folder.appending(path: "p_4d.nii"), frame: -1))
            inputs.append(PredictionInput(folder.appending(path: "gone.nii")))
            let output = folder.appending(path: "out")
            let failures = try await run(inputs, output, probabilities: true)
            #expect(
                output.names == [
                    "a_pred.nii.gz", "a_prob.nii.gz", "predictions.json", "z_pred.nii.gz", "z_prob.nii.gz",
                ])
            let root = folder.plainPath + "/"
            #expect(
                failures.map { $0.path.replacing(root, with: "") } == [
                    "b.nii", "huge.nii", "nan.nii", "p_4d.nii", "p_4d.nii", "p_4d.nii", "gone.nii",
                ])
            let reasons = failures.map { $0.reason.replacing(root, with: "") }
            #expect(
                reasons[1]
                    == "huge.nii: measures 8e+07 × 12 × 16 mm, which makes 53333333 × 8 × 2 voxels, but at most 16384 pixels are allowed along a side; correct its spacing (pixdim and units), or crop it"
            )
            #expect(
                reasons[2]
                    == "nan.nii has 1 NaN or infinite voxel; replace them with finite values and try again.")
            #expect(
                reasons[3]
                    == "p_4d.nii: is a series of 3 frames, but probabilities can be written for only one; add --frame"
            )
            #expect(reasons[4] == "p_4d.nii: has no frame 4, only frames 1 to 3; choose another --frame")
            #expect(reasons[5] == "p_4d.nii: has no frame 0, only frames 1 to 3; choose another --frame")
        }
    }

    /// Whatever a header asks for is refused before the voxels are read, of which this file has none.
    @Test func headersAreLookedAtFirst() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "huge.nii")
            try write(file, dimensions: [8, 8, 2, 3])
            try patch(file, at: 80, Float(1e7))
            try Data(contentsOf: file).prefix(352).write(to: file)
            let output = folder.appending(path: "out")
            let failures = try await run([PredictionInput(file), PredictionInput(file, frame: 7)], output)
            #expect(failures.map(\.reason).allSatisfy { $0.contains("correct its spacing") }, "\(failures)")
            #expect(failures.count == 2)
            try write(file, dimensions: [8, 8, 2, 3])
            try Data(contentsOf: file).prefix(352).write(to: file)
            let frames = try await run([PredictionInput(file, frame: 7)], output)
            #expect(frames.map(\.reason).allSatisfy { $0.contains("has no frame 8") }, "\(frames)")
            #expect(output.names.isEmpty)
        }
    }

    @Test func framesOfASeriesAreHandedOutOneByOne() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "p_4d.nii.gz")
            try write(file, dimensions: [21, 19, 3, 4])
            let output = folder.appending(path: "out")
            let image = try NIfTIImage(contentsOf: file)
            var stems: [String] = []
            let failures = try await withTensors {
                try await PredictionJob(Predictor([randomModel()]), output: output)
                    .run([PredictionInput(file), PredictionInput(file, frame: 2)]) { result in
                        stems.append(result.stem)
                        #expect(try result.volume.voxels == image.floats(frame: result.frame))
                        #expect(result.removals.isEmpty)
                        let name = result.isOfSeries ? "p_4d_pred.nii.gz" : "p_frame03_pred.nii.gz"
                        let written = try NIfTIImage(contentsOf: output.appending(path: name))
                        let frame = result.isOfSeries ? result.frame : 0
                        #expect(try written.integers(frame: frame) == result.labels.labels.map(Int32.init))
                    }
            }
            #expect(failures.isEmpty)
            #expect(stems == ["p_frame01", "p_frame02", "p_frame03", "p_frame04", "p_frame03"])
        }
    }

    @Test func anOutputThatIsAFileIsRefused() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "file")
            try Data("mine".utf8).write(to: file)
            await #expect(throws: SegmentationError.outputFolder(path: file.plainPath, reason: "File exists"))
            {
                try await run([], file)
            }
            let below = file.appending(path: "deep/er")
            await #expect(
                throws: SegmentationError.outputFolder(path: below.plainPath, reason: "Not a directory")
            ) {
                try await run([], below)
            }
            let deep = folder.appending(path: "new/deep")
            #expect(try await run([], deep).isEmpty)
            #expect(deep.exists)
            #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
        }
    }

    private func patch(_ file: URL, at offset: Int, _ value: Float) throws {
        var bytes = try Data(contentsOf: file)
        withUnsafeBytes(of: value.bitPattern.littleEndian) {
            bytes.replaceSubrange(offset..<offset + 4, with: $0)
        }
        try bytes.write(to: file)
    }
}
