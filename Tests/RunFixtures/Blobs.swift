import Datasets
import Foundation
import Imaging
import NIfTI
import Runs
import UNetDesign

/// A small dataset that a tiny network learns quickly: a bright disc with a gray ring around it, in noise.
package enum Blobs {
    package static let structures = [Structure(name: "CORE", label: 1), Structure(name: "RING", label: 2)]

    /// Writes patients `p0`, `p1`, … of two slices each, as pairs with `labels.json`, and opens the folder.
    package static func write(
        _ folder: URL, patients: Int, side: Int = 32, structures: [Structure] = structures
    )
        throws -> Dataset
    {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<patients {
            let (voxels, labels) = drawn(seed: UInt64(number), side: side, structures: structures.count)
            let (dimensions, spacing) = ([side, side, 2], [1.5, 1.5, 8])
            try NIfTIImage(voxels: voxels, dimensions: dimensions, spacing: spacing)
                .write(to: folder.appending(path: "p\(number).nii"))
            try NIfTIImage(voxels: labels, dimensions: dimensions, spacing: spacing)
                .write(to: folder.appending(path: "p\(number)_gt.nii"))
        }
        let names = structures.map { "\"\($0.name)\": \($0.label)" }.joined(separator: ", ")
        try Data("{\"labels\": {\(names)}}".utf8).write(to: folder.appending(path: "labels.json"))
        return try Dataset(contentsOf: folder)
    }

    /// Returns a plan for a network of a few thousand weights.
    package static func plan(epochs: Int = 4, structures: [Structure] = structures) -> Plan {
        var training = TrainingPlan()
        training.epochs = epochs
        training.batchSize = 2
        training.patch = PatchSize(width: 32, height: 32)
        training.learningRate = 1e-2
        training.fold = nil
        training.threads = 1
        return Plan(
            structures: structures,
            network: NetworkConfiguration(
                outputChannels: Plan.outputChannels(for: structures), filters: 4, depth: 2),
            training: training)
    }

    private static func drawn(seed: UInt64, side: Int, structures: Int) -> ([Int16], [UInt8]) {
        var generator = SeededGenerator(seed: seed)
        var voxels: [Int16] = []
        var labels: [UInt8] = []
        for _ in 0..<2 {
            let x = Double(side) * generator.uniform(0.4...0.6)
            let y = Double(side) * generator.uniform(0.4...0.6)
            let core = Double(side) * generator.uniform(0.12...0.2)
            for row in 0..<side {
                for column in 0..<side {
                    let distance = hypot(Double(column) - x, Double(row) - y)
                    let label: UInt8 = distance < core ? 1 : distance < 1.8 * core && structures > 1 ? 2 : 0
                    let signal = [30.0, 200, 110][Int(label)]
                    voxels.append(Int16(signal + generator.uniform(-15...15)))
                    labels.append(label)
                }
            }
        }
        return (voxels, labels)
    }
}

extension URL {
    /// Whether the file or folder exists.
    package var exists: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }

    /// The names of the folder's entries, sorted.
    package var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(percentEncoded: false))) ?? []).sorted()
    }

    /// The path as errors print it.
    package var plainPath: String { path(percentEncoded: false) }
}
