import Datasets
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

@Suite struct LoadedCaseTests {
    @Test func readsImageAndLabels() throws {
        try withTemporaryDirectory { root in
            let voxels = (0..<60).map { Int16($0) }
            let labels = Scan.labels(upTo: 3)
            try Scan.write(root, "a.nii.gz", voxels: voxels)
            try Scan.write(root, "a_gt.nii", voxels: labels.map { Float($0) })
            let data = try Dataset(contentsOf: root)
            let loaded = try data.load(data.cases[0])
            #expect(loaded.case == data.cases[0])
            #expect(
                loaded.volume.geometry
                    == Geometry(width: 6, height: 5, depth: 2, spacing: Spacing(1.5, 1.5, 10)))
            #expect(loaded.volume.voxels == voxels.map { Float($0) })
            #expect(loaded.labels == LabelMap(geometry: loaded.volume.geometry, labels: labels))
            #expect(loaded.template?.datatype == .int16 && loaded.storedAs == "int16")
        }
    }

    @Test func anImageWithoutLabelsIsLoaded() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz")
            let data = try Dataset(contentsOf: root)
            #expect(try data.load(data.cases[0]).labels == nil)
        }
    }

    @Test func unknownLabels() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "patient001_frame01.nii.gz")
            var labels = (0..<60).map { Int16($0 % 4) }
            labels[5] = 7
            labels[9] = -1
            try Scan.write(root, "patient001_frame01_gt.nii.gz", voxels: labels)
            let path = root.appending(path: "patient001_frame01_gt.nii.gz").relativePath
            expect(
                root,
                "\(path) has the labels -1, 7, but the dataset's are 0 (background), 1, 2, 3; correct the file, or name "
                    + "its labels in labels.json.")
        }
    }

    @Test func otherShape() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz")
            try Scan.write(root, "a_gt.nii.gz", voxels: Scan.labels(upTo: 1), dimensions: [5, 6, 2])
            let (image, labels) = (root.appending(path: "a.nii.gz"), root.appending(path: "a_gt.nii.gz"))
            expect(
                root,
                "\(labels.relativePath) has 5 × 6 × 2 voxels, but its image \(image.relativePath) has 6 × 5 × 2; use labels drawn on that image."
            )
        }
    }

    @Test func otherSpacing() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz")
            try Scan.write(root, "a_gt.nii.gz", voxels: Scan.labels(upTo: 1), spacing: [1.5, 1.5, 8])
            let (image, labels) = (root.appending(path: "a.nii.gz"), root.appending(path: "a_gt.nii.gz"))
            expect(
                root,
                "\(labels.relativePath) has voxels of 1.5 × 1.5 × 8 mm, but its image \(image.relativePath) has voxels of 1.5 × 1.5 × 10 mm; use labels drawn on that image, or correct pixdim."
            )
        }
    }

    @Test func noSpacing() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz", voxels: Scan.labels(upTo: 1), spacing: [1.5, 0, 10])
            let path = root.appending(path: "a.nii.gz").relativePath
            expect(
                root,
                "\(path) has no valid voxel size (pixdim is 1.5 × 0 × 10 mm); set pixdim to the voxel size in millimeters."
            )
        }
    }

    @Test func infiniteVoxels() throws {
        try withTemporaryDirectory { root in
            var voxels = [Float](repeating: 1, count: 60)
            voxels[3] = .nan
            voxels[4] = .infinity
            try Scan.write(root, "a.nii.gz", voxels: voxels)
            let path = root.appending(path: "a.nii.gz").relativePath
            expect(
                root, "\(path) has 2 NaN or infinite voxels; replace them with finite values and try again.")
        }
    }

    @Test func damagedFiles() throws {
        try withTemporaryDirectory { root in
            try Scan.write(root, "a.nii.gz", labels: Scan.labels(upTo: 1))
            let file = root.appending(path: "a.nii.gz")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(bytes.count / 2).write(to: file)
            expect(
                root,
                "\(file.relativePath) is damaged: its gzip data is cut off or corrupt; copy or download the file again."
            )
        }
    }

    @Test func aSeriesIsNoCase() throws {
        try withTemporaryDirectory { root in
            try Scan.write(
                root, "a.nii", voxels: [Int16](repeating: 0, count: 120), dimensions: [6, 5, 2, 2],
                spacing: [1, 1, 1, 1])
            let file = root.appending(path: "a.nii")
            let item = Case(id: "a", patient: "a", image: file)
            #expect(
                #expect(throws: DatasetError.self) { try item.load(structures: []) }?.description
                    == "\(file.relativePath) is a series of 2 frames; save each frame as a separate file."
            )
        }
    }

    /// Expects that the only case of the dataset in `root` cannot be loaded, for this reason.
    private func expect(_ root: URL, _ sentence: String, location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: DatasetError.self, sourceLocation: location) {
            let data = try Dataset(contentsOf: root)
            _ = try data.load(data.cases[0])
        }
        #expect(error?.description == sentence, sourceLocation: location)
    }
}
