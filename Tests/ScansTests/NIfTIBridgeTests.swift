import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

@Suite struct NIfTIBridgeTests {
    private func written<Voxel: NIfTIScalar>(
        _ voxels: [Voxel], _ dimensions: [Int], spacing: [Double] = [1.5, 1.25, 8], in folder: URL
    ) throws -> NIfTIImage {
        let file = folder.appending(path: "image.nii.gz")
        try NIfTIImage(voxels: voxels, dimensions: dimensions, spacing: spacing).write(to: file)
        return try NIfTIImage(contentsOf: file)
    }

    @Test func framesOfASeries() throws {
        try withTemporaryDirectory { folder in
            let image = try written(
                (0..<24).map { Int16($0) }, [3, 2, 2, 2], spacing: [1.5, 1.25, 8, 1], in: folder)
            let volume = try Volume(image: image, frame: 1)
            #expect(
                volume.geometry == Geometry(width: 3, height: 2, depth: 2, spacing: Spacing(1.5, 1.25, 8)))
            #expect(volume.voxels == (12..<24).map { Float($0) })
            #expect(try LabelMap(image: image, frame: 0).labels == (0..<12).map { UInt8($0) })
            #expect(throws: ScanError.self) { try Volume(image: image, frame: 2) }
        }
    }

    @Test func labelsAndProbabilitiesComeBack() throws {
        try withTemporaryDirectory { folder in
            let scan = try written((0..<12).map { Float($0) }, [3, 2, 2], in: folder)
            let grid = try Geometry(header: scan.header)
            let map = LabelMap(geometry: grid, labels: (0..<12).map { UInt8($0 % 4) })
            let file = folder.appending(path: "image_pred.nii.gz")
            try NIfTIImage(map, like: scan.header).write(to: file)
            #expect(try LabelMap(image: NIfTIImage(contentsOf: file)) == map)
            let probabilities = ProbabilityMap(
                geometry: grid, channels: 2, values: (0..<24).map { Float($0) / 24 })
            try NIfTIImage(probabilities, like: scan.header).write(to: file)
            let read = try ProbabilityMap(image: NIfTIImage(contentsOf: file))
            #expect(read.values == probabilities.values && read.channels == 2 && read.geometry == grid)
        }
    }

    @Test func errors() throws {
        try withTemporaryDirectory { folder in
            func text(_ body: () throws -> Void) -> String? {
                do {
                    try body()
                    return nil
                } catch {
                    return "\(error)".replacingOccurrences(of: folder.path(percentEncoded: false), with: "")
                }
            }
            let scan = try written([0, 3, -7, 256, 900, 256, 1000] as [Int16], [7, 1, 1], in: folder)
            let found = text { _ = try LabelMap(image: scan) }
            #expect(
                found?.hasSuffix(
                    "image.nii.gz has 5 voxels with values such as -7, 256, 900 where labels from 0 to 255 are "
                        + "expected; check that it is a label file and not a scan.") == true)
            let flat = try written([0, 1] as [UInt8], [2, 1, 1], spacing: [1, 0, 5], in: folder)
            let spacing = text { _ = try Volume(image: flat) }
            #expect(
                spacing?.hasSuffix(
                    "image.nii.gz has no valid voxel size (pixdim is 1 × 0 × 5 mm); set pixdim to the voxel size in millimeters."
                )
                    == true)
            let series = try written(
                [Float](repeating: 0, count: 300), [1, 1, 1, 300], spacing: [1, 1, 1, 1], in: folder)
            let classes = text { _ = try ProbabilityMap(image: series) }
            #expect(
                classes?.hasSuffix(
                    "image.nii.gz has 300 frames, but each frame holds the probability of one class, and there are at most 256 classes; use the probabilities that belong to the prediction."
                ) == true)
            let broken = try written([1, .nan] as [Float], [2, 1, 1], in: folder)
            let path = try #require(broken.header.source).relativePath
            #expect(throws: ScanError.nifti(.nonFiniteVoxels(path: path, count: 1))) {
                try Volume(image: broken)
            }
            #expect(try Volume(image: broken, nonFinite: .replace(with: 0)).voxels == [1, 0])
        }
    }

    /// A real scan goes to 1.5 mm and back; its labels go as probabilities and must come back nearly whole.
    @Test(.enabled(if: RealData.acdc != nil, "needs ACDC_ROOT"))
    func realLabelsSurviveTheWayThere() throws {
        let folder = try #require(RealData.acdc).appending(path: "training/patient001")
        let map = try LabelMap(
            image: NIfTIImage(contentsOf: folder.appending(path: "patient001_frame01_gt.nii.gz")))
        let scan = try Volume(
            image: NIfTIImage(contentsOf: folder.appending(path: "patient001_frame01.nii.gz")))
        #expect(scan.geometry == map.geometry)
        let oneHot = ProbabilityMap(
            geometry: map.geometry, channels: 4,
            values: (0..<4).flatMap { label in map.labels.map { $0 == label ? 1 : 0 } })
        let coarse = oneHot.resampledInPlane(to: map.geometry.resampledInPlane(toSpacing: 1.5, 1.5))
        let back = coarse.resampledInPlane(to: map.geometry).argmax()
        for label in UInt8(1)...3 {
            let (one, other) = (map.mask(of: label), back.mask(of: label))
            let both = zip(one, other).count { $0 && $1 }
            let dice = 2 * Double(both) / Double(one.count { $0 } + other.count { $0 })
            #expect(dice > 0.95)
        }
        #expect(map.keeping(.largest).presentLabels == [1, 2, 3])
    }
}
