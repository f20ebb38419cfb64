import Foundation
import NIfTI

/// Tiny hearts in ACDC's layout, for a network of a few hundred weights: a left ventricle in its myocardium, the
/// right ventricle beside it, 32 × 32 × 2.
enum SmallHearts {
    static func write(_ folder: URL, patients: Int) throws {
        for number in 1...patients {
            let name = "patient00\(number)"
            let place = folder.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data("ED: 1\nES: 7\nGroup: NOR\nHeight: 170.0\nNbFrame: 12\nWeight: 70.0\n".utf8)
                .write(to: place.appending(path: "Info.cfg"))
            for (frame, radius) in [("01", 6.0), ("07", 4.0)] {
                let (voxels, labels) = drawn(radius: radius, seed: number)
                try image(voxels).write(to: place.appending(path: "\(name)_frame\(frame).nii.gz"))
                try image(labels).write(to: place.appending(path: "\(name)_frame\(frame)_gt.nii.gz"))
            }
        }
    }

    static func image<T: NIfTIScalar>(_ voxels: [T], _ dimensions: [Int] = [32, 32, 2]) -> NIfTIImage {
        NIfTIImage(
            voxels: voxels, dimensions: dimensions,
            spacing: Array([1.5, 1.5, 10, 1].prefix(dimensions.count)))
    }

    static func drawn(radius: Double, seed: Int) -> (voxels: [Int16], labels: [UInt8]) {
        var voxels: [Int16] = []
        var labels: [UInt8] = []
        for z in 0..<2 {
            for y in 0..<32 {
                for x in 0..<32 {
                    let left = hypot(Double(x) - 19, Double(y) - 16)
                    let right = hypot(Double(x) - 7, Double(y) - 16)
                    let label: UInt8 =
                        left < radius ? 3 : left < radius + 3 ? 2 : right < radius - 1 ? 1 : 0
                    let texture = (x * 31 + y * 17 + z * 7 + seed * 13) % 23
                    voxels.append(Int16([20, 180, 90, 200][Int(label)] + texture))
                    labels.append(label)
                }
            }
        }
        return (voxels, labels)
    }
}
