import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct HeaderTests {
    @Test func aNewHeaderSaysMillimetersInPixdimAndAffine() {
        let header = NIfTIHeader(dimensions: [4, 5, 6], spacing: [1.5, 1.25, 10], datatype: .int16)
        #expect(header.bytes.count == 348)
        #expect(header.pixdim == [1, 1.5, 1.25, 10, 0, 0, 0, 0])
        #expect(header.spacing == [1.5, 1.25, 10])
        #expect(header.hasSpacing)
        #expect(header.spaceUnit == .millimeter && header.timeUnit == .second)
        #expect(header.qformCode == 0 && header.sformCode == 1)
        #expect(header.affine == [-1.5, 0, 0, 0, 0, -1.25, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1])
        #expect(header.slope == 1 && header.intercept == 0 && !header.isScaled)
    }

    @Test func unitsBecomeMillimeters() throws {
        for (unit, factor) in [(0, 1.0), (1, 1000), (2, 1), (3, 0.001)] {
            let header = try patched { $0[123] = UInt8(unit) }
            #expect(header.spacing == [factor, factor, 5 * factor])
        }
    }

    @Test func spacingIsPositiveAndTheDepthOfASliceHasADefault() throws {
        #expect(try patched { $0.put(Float(-2), at: 80) }.spacing == [2, 1, 5])
        #expect(try !patched { $0.put(Float(0), at: 80) }.hasSpacing)
        #expect(try !patched { $0.put(Float.nan, at: 84) }.hasSpacing)
        #expect(try patched(smallImage([3, 4])) { $0.put(Float(0), at: 88) }.spacing == [1, 1, 1])
    }

    @Test func affineIsSformThenQformThenPixdim() throws {
        // A quarter turn about z, handedness −1, offsets 10, 20, 30.
        let half = Float(0.5).squareRoot()
        func turn(_ bytes: inout [UInt8]) {
            bytes.put(Float(-1), at: 76)
            bytes.put(Int16(1), at: 252)
            for (index, value) in [0, 0, half, 10, 20, 30].enumerated() {
                bytes.put(value, at: 256 + 4 * index)
            }
        }
        #expect(try patched(with: turn).affine == [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1])
        let qform = try patched {
            turn(&$0)
            $0.put(Int16(0), at: 254)
        }.affine
        let expected: [Double] = [0, -1, 0, 10, 1, 0, 0, 20, 0, 0, -5, 30, 0, 0, 0, 1]
        for (value, wanted) in zip(qform, expected) { #expect(abs(value - wanted) < 1e-6) }
        let plain = try patched { $0.put(Int16(0), at: 254) }
        #expect(plain.affine == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1])
    }

    @Test func aHalfTurnQuaternionIsNormalized() throws {
        let header = try patched {
            $0.put(Float(1.00001), at: 264)
            $0.put(Int16(0), at: 254)
            $0.put(Int16(1), at: 252)
        }
        let expected: [Double] = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1]
        for (value, wanted) in zip(header.affine, expected) {
            #expect(abs(value - wanted) < 1e-9)
        }
    }

    @Test func slopeZeroAndNaNMeanNone() throws {
        for slope in [0, Float.nan, .infinity] {
            let header = try patched {
                $0.put(slope, at: 112)
                $0.put(Float(7), at: 116)
            }
            #expect(header.slope == 1 && header.intercept == 0)
        }
        let header = try patched {
            $0.put(Float(2), at: 112)
            $0.put(Float.nan, at: 116)
        }
        #expect(header.slope == 2 && header.intercept == 0)
    }

    @Test func voxelOffsetZeroMeansTheFirstPossibleByte() throws {
        try withTemporaryDirectory { folder in
            var bytes = try fileBytes(smallImage(), in: folder)
            bytes.put(Float(0), at: 108)
            let url = folder.appending(path: "a.nii")
            try bytes.write(to: url)
            #expect(try NIfTIImage(contentsOf: url).floats() == (0..<24).map(Float.init))
        }
    }

    @Test func longDescriptionsAreCutAtACharacter() {
        var header = smallImage().header
        header.description = String(repeating: "é", count: 60)
        #expect(header.description == String(repeating: "é", count: 39))
    }

    @Test func extensionsSurviveOddGapsAndStopAtBadSizes() throws {
        try withTemporaryDirectory { folder in
            var image = smallImage()
            image.header.extensions = [
                NIfTIExtension(code: 2, data: [1, 2, 3]), NIfTIExtension(code: 44, data: []),
            ]
            var bytes = try fileBytes(image, in: folder)
            // The second extension's size now reaches beyond the voxels' start.
            bytes.put(Int32(4096), at: 368)
            let url = folder.appending(path: "a.nii")
            try bytes.write(to: url)
            let read = try NIfTIImage(contentsOf: url)
            #expect(read.header.extensions == [NIfTIExtension(code: 2, data: [1, 2, 3, 0, 0, 0, 0, 0])])
            #expect(try read.floats() == (0..<24).map(Float.init))
            let again = folder.appending(path: "b.nii")
            try read.write(to: again)
            #expect(try [UInt8](Data(contentsOf: again)) == bytes)
        }
    }

    /// The header of an image whose file was changed.
    private func patched(
        _ image: NIfTIImage = smallImage(), with change: (inout [UInt8]) -> Void
    ) throws -> NIfTIHeader {
        try withTemporaryDirectory { folder in
            var bytes = try fileBytes(image, in: folder)
            change(&bytes)
            let url = folder.appending(path: "a.nii")
            try bytes.write(to: url)
            return try NIfTIHeader(contentsOf: url)
        }
    }
}
