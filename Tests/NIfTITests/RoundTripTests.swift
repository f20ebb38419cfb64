import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test func aNewImageComesBack() throws {
        try withTemporaryDirectory { folder in
            let voxels = (0..<24).map { Float($0) - 3.5 }
            let image = NIfTIImage(voxels: voxels, dimensions: [2, 3, 4], spacing: [1.25, 1.5, 8])
            let url = folder.appending(path: "a.nii.gz")
            try image.write(to: url)
            let read = try NIfTIImage(contentsOf: url)
            #expect(try read.floats() == voxels)
            #expect(read.header.bytes == image.header.bytes)
            #expect(read.dimensions == [2, 3, 4])
            #expect(read.header.spacing == [1.25, 1.5, 8])
        }
    }
}
