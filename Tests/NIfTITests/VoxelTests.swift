import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct VoxelTests {
    @Test(arguments: NIfTIHeader.ByteOrder.allCases)
    func slopeAndInterceptAreAppliedInDoublePrecision(_ order: NIfTIHeader.ByteOrder) throws {
        var header = NIfTIHeader(
            dimensions: [3, 2], spacing: [1, 1], datatype: .int32, byteOrder: order)
        header.setScaling(slope: 0.1, intercept: 1e6)
        let voxels: [Int32] = [0, 1, -1, 123_456_789, .max, .min]
        let image = NIfTIImage(voxels: voxels, header: header)
        let slope = Double(Float(0.1))
        #expect(try image.floats() == voxels.map { Float(Double($0) * slope + 1e6) })
    }

    @Test func nonFiniteVoxelsAreCountedKeptOrReplaced() throws {
        let image = NIfTIImage(
            voxels: [1, Float.nan, -.infinity, 2, .infinity, -.nan, .greatestFiniteMagnitude, 0],
            dimensions: [4, 2], spacing: [1, 1])
        #expect(throws: NIfTIError.nonFiniteVoxels(path: "this image", count: 4)) { try image.floats() }
        let kept = try image.floats(nonFinite: .keep)
        #expect(kept[1].isNaN && kept[2] == -.infinity)
        let replaced = try image.floats(nonFinite: .replace(with: -1))
        #expect(replaced == [1, -1, -1, 2, -1, -1, .greatestFiniteMagnitude, 0])
    }

    @Test func whatOverflowsFloat32IsNotFinite() throws {
        let image = NIfTIImage(voxels: [1e300, 1.0], dimensions: [2, 1], spacing: [1, 1])
        #expect(throws: NIfTIError.nonFiniteVoxels(path: "this image", count: 1)) { try image.floats() }
        var header = NIfTIHeader(dimensions: [2, 1], spacing: [1, 1], datatype: .int16)
        header.setScaling(slope: 3e38, intercept: 0)
        let scaled = NIfTIImage(voxels: [Int16(1), 2], header: header)
        #expect(throws: NIfTIError.nonFiniteVoxels(path: "this image", count: 1)) { try scaled.floats() }
    }

    @Test func labelsMayBeStoredAsAnyType() throws {
        #expect(
            try NIfTIImage(voxels: [0.0, 3, -2, 4], dimensions: [2, 2], spacing: [1, 1]).integers() == [
                0, 3, -2, 4,
            ])
        #expect(
            try NIfTIImage(voxels: [Int64(7), -9], dimensions: [2, 1], spacing: [1, 1]).integers() == [7, -9])
        var header = NIfTIHeader(dimensions: [2, 2], spacing: [1, 1], datatype: .uint8, byteOrder: .big)
        header.setScaling(slope: 0.1, intercept: 0)
        #expect(try NIfTIImage(voxels: [UInt8(0), 10, 20, 30], header: header).integers() == [0, 1, 2, 3])
    }

    @Test func whatIsNoLabelIsNamed() throws {
        let half = NIfTIImage(
            voxels: [0, 1, 2, 2.5, 3, Float.nan], dimensions: [3, 1, 2], spacing: [1, 1, 1])
        #expect(throws: NIfTIError.notAnInteger(path: "this image", position: [0, 0, 1], value: 2.5)) {
            try half.integers()
        }
        let large = NIfTIImage(voxels: [UInt32(1), .max], dimensions: [1, 2], spacing: [1, 1])
        #expect(
            throws: NIfTIError.notAnInteger(path: "this image", position: [0, 1, 0], value: 4_294_967_295)
        ) {
            try large.integers()
        }
    }

    @Test func anotherTypeOrFrameIsRefused() throws {
        let image = smallImage()
        #expect(throws: NIfTIError.otherDatatype(path: "this image", expected: .int16, found: .float32)) {
            try image.stored(as: Int16.self)
        }
        for frame in [-1, 1] {
            #expect(throws: NIfTIError.noSuchFrame(path: "this image", frame: frame, count: 1)) {
                try image.floats(frame: frame)
            }
        }
    }

    /// The loops work on whole SIMD registers and a rest; every length must come out the same.
    @Test(arguments: NIfTIHeader.ByteOrder.allCases)
    func everyLengthIsConverted(_ order: NIfTIHeader.ByteOrder) throws {
        for length in 1...70 {
            let header = NIfTIHeader(
                dimensions: [length, 1], spacing: [1, 1], datatype: .float32, byteOrder: order)
            var voxels = (0..<length).map { Float($0) - 0.5 }
            #expect(try NIfTIImage(voxels: voxels, header: header).floats() == voxels)
            voxels[length - 1] = .nan
            #expect(throws: NIfTIError.nonFiniteVoxels(path: "this image", count: 1)) {
                try NIfTIImage(voxels: voxels, header: header).floats()
            }
        }
    }
}
