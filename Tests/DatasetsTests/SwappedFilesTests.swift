import Datasets
import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

/// Images under the names of their labels, and the other way round.
@Suite struct SwappedFilesTests {
    private let side = 32

    /// Two squares in each other on nothing.
    private var labels: [UInt8] {
        (0..<side * side).map { index in
            let distance = max(abs(index % side - 16), abs(index / side - 16))
            return distance < 5 ? 2 : distance < 9 ? 1 : 0
        }
    }

    /// Noise up to `highest`, with a dark border of `border` pixels.
    private func noise(below highest: Int, border: Int = 6) -> [Int16] {
        var generator = SeededGenerator(seed: 5)
        return (0..<side * side).map { index in
            let edge = min(index % side, index / side, side - 1 - index % side, side - 1 - index / side)
            return edge < border ? 0 : Int16(generator.index(below: highest))
        }
    }

    private func write<Voxel: NIfTIScalar>(_ root: URL, _ name: String, _ voxels: [Voxel]) throws {
        try Scan.write(root, name, voxels: voxels, dimensions: [side, side, 1])
    }

    private func sentence(_ root: URL, _ image: String, _ reference: String, _ values: Int, _ others: Int)
        -> String
    {
        "\(root.appending(path: image).relativePath) looks like labels (\(values) different values) and "
            + "\(root.appending(path: reference).relativePath) like an image (\(others) different values); swap the two "
            + "files."
    }

    @Test func namedStructures() throws {
        try withTemporaryDirectory { root in
            let (image, reference) = ("patient001_frame01.nii.gz", "patient001_frame01_gt.nii.gz")
            let voxels = noise(below: 600)
            try write(root, image, labels)
            try write(root, reference, voxels)
            let sentence = sentence(root, image, reference, 3, Set(voxels).count)
            let data = try Dataset(contentsOf: root)
            let error = #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }
            #expect(error?.description == sentence && error?.isOfUnknownLabels == true)
            let audit = Audit(of: data)
            #expect(audit.problems.map(\.message) == [sentence] && audit.problems.map(\.kind) == [.unusable])

            // The same with fractions, which are no labels at all.
            try write(root, reference, voxels.map { Float($0) / 8 })
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description == sentence)

            // As they should be.
            try write(root, reference, labels)
            try write(root, image, voxels)
            #expect(try data.load(data.cases[0]).labels?.labels == labels)
        }
    }

    @Test(arguments: [false, true]) func structuresThatAreReadFromLabels(hasFractions: Bool) throws {
        try withTemporaryDirectory { root in
            let voxels = noise(below: 200).map { Float($0) / (hasFractions ? 4 : 1) }
            try write(root, "anna.nii", labels)
            try write(root, "anna_gt.nii", voxels)
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(error?.description == sentence(root, "anna.nii", "anna_gt.nii", 3, Set(voxels).count))
        }
    }

    @Test func pictures() throws {
        try withTemporaryDirectory { root in
            let pixels = noise(below: 250).map { UInt8($0) }
            func png(_ name: String, _ bytes: [UInt8]) throws {
                try PNGImage(width: side, height: side, format: .gray, bytes: bytes)
                    .write(to: root.appending(path: name))
            }
            try png("a.png", labels.map { $0 > 0 ? 255 : 0 })
            try png("a_mask.png", pixels)
            let error = #expect(throws: DatasetError.self) { try Dataset(contentsOf: root) }
            #expect(error?.description == sentence(root, "a.png", "a_mask.png", 2, Set(pixels).count))
        }
    }

    @Test func otherOddLabelsAreNotTakenForImages() throws {
        try withTemporaryDirectory { root in
            // Numbered objects under a picture of two tones.
            let objects = (0..<side * side).map { Int16($0 % side / 4 + 8 * ($0 / side / 2)) }
            try write(root, "patient001_frame01.nii", labels)
            try write(root, "patient001_frame01_gt.nii", objects)
            let path = root.appending(path: "patient001_frame01_gt.nii").relativePath
            let data = try Dataset(contentsOf: root)
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(path) has 124 labels that the dataset does not define, as if it were an image or numbered objects; use labels of classes."
            )
            // A file of labels beside an image that is one.
            try write(root, "patient001_frame01.nii", noise(below: 500))
            #expect(
                #expect(throws: DatasetError.self) { try data.load(data.cases[0]) }?.description
                    == "\(path) has 124 labels that the dataset does not define, as if it were an image or numbered objects; use labels of classes."
            )
        }
    }
}
