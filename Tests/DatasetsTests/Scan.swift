import Datasets
import Foundation
import NIfTI

/// Small scans on disk for tests.
enum Scan {
    /// Writes a 6 × 5 × 2 image of random whole numbers, and with `labels` those beside it as `X_gt`.
    static func write<Voxel: NIfTIScalar & Numeric>(
        _ folder: URL, _ name: String, seed: UInt64 = 1, as type: Voxel.Type = Int16.self,
        labels: [UInt8]? = nil
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let voxels = (0..<60).map { _ in Voxel(exactly: generator.index(below: 100))! }
        try write(folder, name, voxels: voxels)
        if let labels {
            let ending = name.hasSuffix(".gz") ? ".nii.gz" : ".nii"
            try write(folder, name.replacing(ending, with: "_gt" + ending), voxels: labels)
        }
    }

    static func write<Voxel: NIfTIScalar>(
        _ folder: URL, _ name: String, voxels: [Voxel], dimensions: [Int] = [6, 5, 2],
        spacing: [Double] = [1.5, 1.5, 10]
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try NIfTIImage(voxels: voxels, dimensions: dimensions, spacing: spacing).write(
            to: folder.appending(path: name))
    }

    /// Labels for `write`: all of 0…`highest` occur.
    static func labels(upTo highest: UInt8) -> [UInt8] { (0..<60).map { UInt8($0) % (highest + 1) } }

    /// An ACDC patient's folder with frames 1 and 7.
    static func writePatient(
        _ root: URL, _ name: String,
        info: String? = "ED: 1\nES: 7\nGroup: DCM\nHeight: 180.0\nNbFrame: 30\nWeight: 80.5\n",
        frames: [String] = ["01", "07"]
    ) throws {
        let folder = root.appending(path: name)
        for frame in frames {
            try write(folder, "\(name)_frame\(frame).nii.gz", seed: UInt64(frame)!, labels: labels(upTo: 3))
        }
        if let info { try Data(info.utf8).write(to: folder.appending(path: "Info.cfg")) }
    }
}
