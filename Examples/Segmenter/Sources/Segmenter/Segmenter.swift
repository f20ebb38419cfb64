import Foundation
import Imaging
import NIfTI
import Scans
import Segmentation

/// Segments the slices of a scan and prints how much blood or muscle each structure holds:
///
///     segmenter RUN SCAN.nii.gz
@main
struct Segmenter {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
        guard arguments.count == 2 else {
            print("usage: segmenter RUN SCAN.nii.gz")
            exit(64)
        }
        let model = try await Model(contentsOf: arguments[0])
        let predictor = try Predictor([model])
        let image = try NIfTIImage(contentsOf: arguments[1])
        // A 4D file is a series of frames.
        for frame in 0..<image.frameCount {
            let volume = try Volume(image: image, frame: frame)
            let start = ContinuousClock.now
            let labels = try await predictor.segment(volume, keeping: .heart) { done in
                FileHandle.standardError.write(Data("\r\(Int(done * 100)) %".utf8))
            }
            FileHandle.standardError.write(Data("\r".utf8))
            print("frame \(frame + 1) of \(image.frameCount), \(ContinuousClock.now - start)")
            for structure in predictor.plan.structures {
                let voxels = labels.labels.count { $0 == structure.label }
                let milliliters = Double(voxels) * labels.geometry.voxelVolume / 1000
                print(
                    "  \(structure.name) \(milliliters.formatted(.number.precision(.fractionLength(1)))) ml")
            }
        }
    }
}
