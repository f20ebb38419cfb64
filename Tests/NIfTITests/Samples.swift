import Foundation
import NIfTI

/// The ways a NIfTI file can be laid out: every datatype, byte order, version and kind of file.
struct Layout: Sendable, CustomStringConvertible {
    var datatype: NIfTIDatatype
    var byteOrder: NIfTIHeader.ByteOrder
    var version: NIfTIHeader.Version
    var ending: String

    static let endings = ["nii", "nii.gz", "hdr", "img.gz"]

    static let all = NIfTIDatatype.allCases.flatMap { datatype in
        NIfTIHeader.ByteOrder.allCases.flatMap { byteOrder in
            NIfTIHeader.Version.allCases.flatMap { version in
                endings.map { Layout(datatype: datatype, byteOrder: byteOrder, version: version, ending: $0) }
            }
        }
    }

    var description: String { "\(datatype) \(byteOrder)-endian, version \(version), .\(ending)" }

    func header(_ dimensions: [Int], spacing: [Double] = [1.5, 1.25, 8]) -> NIfTIHeader {
        NIfTIHeader(
            dimensions: dimensions, spacing: spacing, datatype: datatype, version: version,
            byteOrder: byteOrder)
    }
}

/// The extremes of an integer type and numbers between, `count` in all.
func integers<T: NIfTIScalar & FixedWidthInteger>(_ type: T.Type, count: Int) -> [T] {
    (0..<count).map { index in
        switch index {
        case 0: .min
        case 1: .max
        default: T(truncatingIfNeeded: index &* 0x1E37_79B9_7F4A_7C15)
        }
    }
}

/// A 3 × 4 × 2 float32 image whose voxel values are its voxel numbers.
func smallImage(_ dimensions: [Int] = [3, 4, 2], version: NIfTIHeader.Version = .one) -> NIfTIImage {
    let count = dimensions.reduce(1, *)
    return NIfTIImage(
        voxels: (0..<count).map(Float.init), dimensions: dimensions, spacing: [1, 1, 5], version: version)
}

/// The bytes of `image` as a plain `.nii` file.
func fileBytes(_ image: NIfTIImage, in folder: URL) throws -> [UInt8] {
    let url = folder.appending(path: "whole.nii")
    try image.write(to: url)
    return try [UInt8](Data(contentsOf: url))
}

extension [UInt8] {
    /// Overwrites bytes with a number in little-endian order.
    mutating func put<T: NIfTIScalar>(_ value: T, at offset: Int) {
        Swift.withUnsafeBytes(of: value.niftiBits.littleEndian) { bytes in
            for (index, byte) in bytes.enumerated() { self[offset + index] = byte }
        }
    }

    func write(to url: URL) throws { try Data(self).write(to: url) }
}

/// The sentence that `body` fails with, or nil where it does not fail.
func sentence(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}
