import Datasets
import Foundation
import NIfTI

extension Target {
    /// `dataset.json` of a folder with two scans.
    static let dataset = Target(name: "dataset") { bytes in
        _ = described
        _ = MemoryFiles.write(bytes, "described/dataset.json")
        open("described")
        open("described/imagesTs")
    }

    /// `labels.json` of a folder with a scan and its labels.
    static let labels = Target(name: "labels") { bytes in
        _ = pairs
        _ = MemoryFiles.write(bytes, "pairs/labels.json")
        open("pairs")
    }

    /// `Info.cfg` of a patient.
    static let info = Target(name: "info") { bytes in
        _ = patients
        _ = MemoryFiles.write(bytes, "patients/patient001/Info.cfg")
        open("patients")
    }

    private static func open(_ name: String) {
        guard let data = try? Dataset(contentsOf: MemoryFiles.folder.appending(path: name)) else { return }
        _ = (data.issues.map(\.description), data.cases, data.structures)
        for item in data.cases { _ = try? data.load(item) }
    }

    private static let described: Void = {
        for name in ["imagesTr/a_0000.nii", "labelsTr/a.nii", "imagesTr/a.nii", "imagesTs/b_0000.nii"] {
            write("described/\(name)")
        }
    }()

    private static let pairs: Void = {
        for name in ["a.nii", "a_gt.nii"] { write("pairs/\(name)") }
    }()

    private static let patients: Void = {
        for name in ["frame01.nii", "frame01_gt.nii", "frame04.nii", "frame04_gt.nii"] {
            write("patients/patient001/patient001_\(name)")
        }
    }()

    private static func write(_ name: String) {
        let url = MemoryFiles.folder.appending(path: name)
        let scan = NIfTIImage(
            voxels: [UInt8](repeating: 1, count: 4), dimensions: [2, 2, 1], spacing: [1, 1, 1])
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try scan.write(to: url)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
