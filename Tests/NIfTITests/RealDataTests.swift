import Foundation
import NIfTI
import TestSupport
import Testing

@Suite(.enabled(if: RealData.acdc != nil, "ACDC_ROOT is not set"))
struct RealDataTests {
    private func patient(_ name: String, _ file: String) throws -> URL {
        try #require(RealData.acdc).appending(path: "training/\(name)/\(name)_\(file).nii.gz")
    }

    @Test func theFirstPatientIsAsTheDatasetSays() throws {
        let image = try NIfTIImage(contentsOf: patient("patient001", "frame01"))
        let labels = try NIfTIImage(contentsOf: patient("patient001", "frame01_gt"))
        #expect(image.dimensions == [216, 256, 10])
        #expect(image.header.spacing == [1.5625, 1.5625, 10])
        #expect(image.header.sformCode == 2 && image.header.qformCode == 0)
        #expect(image.header.spaceUnit == .unknown)
        #expect(image.header.affine == [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
        #expect(try Set(labels.integers()) == [0, 1, 2, 3])
        #expect(try image.floats().count == 216 * 256 * 10)
    }

    @Test func filesComeBackByteForByte() throws {
        try withTemporaryDirectory { folder in
            for name in ["frame01", "frame01_gt"] {
                let image = try NIfTIImage(contentsOf: patient("patient001", name))
                let url = folder.appending(path: "\(name).nii.gz")
                try image.write(to: url)
                let again = try NIfTIImage(contentsOf: url)
                #expect(again.header.bytes == image.header.bytes)
                #expect(try again.floats() == image.floats())
            }
        }
    }
}
