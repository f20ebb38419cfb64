import Foundation
import Imaging
import NIfTI
import Scans

/// Small sound files from which fuzzing starts: `fuzz make-corpus FOLDER` writes them.
///
/// The TIFF files of other programs, descriptions and findings that lie in the folder already are kept.
enum Corpus {
    static func make(in folder: URL) throws {
        try scans(folder)
        try pictures(folder)
        try weights(folder)
    }

    private static func place(_ folder: URL, _ target: String, _ name: String) throws -> URL {
        let target = folder.appending(path: target)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        return target.appending(path: name)
    }

    private static func scans(_ folder: URL) throws {
        func write<Voxel: NIfTIScalar & Numeric>(
            _ name: String, _ type: Voxel.Type, _ dimensions: [Int], _ version: NIfTIHeader.Version = .one,
            _ order: NIfTIHeader.ByteOrder = .little, change: (inout NIfTIHeader) -> Void = { _ in }
        ) throws {
            var header = NIfTIHeader(
                dimensions: dimensions, spacing: [1.5, 1.5, 10], datatype: Voxel.niftiDatatype,
                version: version,
                byteOrder: order)
            change(&header)
            let voxels = (0..<dimensions.reduce(1, *)).map { Voxel(exactly: $0 % 4)! }
            let image = NIfTIImage(voxels: voxels, header: header)
            try image.write(to: place(folder, "nifti", name + ".nii"))
            try image.write(to: place(folder, "gzip", name + ".nii.gz"))
            // Members of 33 bytes, and three zeros: see the target.
            let plain = try Data(contentsOf: place(folder, "nifti", name + ".nii"))
            try (Data([2, 3]) + plain).write(to: place(folder, "gzip", name + ".members"))
        }
        try write("uint8", UInt8.self, [5, 4, 3])
        try write("int16", Int16.self, [4, 3], .one, .big)
        try write("float32", Float.self, [3, 3, 2, 2]) { $0.setScaling(slope: 0.5, intercept: 1) }
        try write("float64", Double.self, [2, 2, 2], .two)
        try write("uint16", UInt16.self, [3, 2, 1], .two, .big)
        try write("int64", Int64.self, [2, 2, 1])
        try write("extension", Int8.self, [2, 2, 2]) { header in
            header.extensions = [
                NIfTIExtension(code: 6, data: Array("a comment".utf8)),
                NIfTIExtension(code: 44, data: [1, 2, 3]),
            ]
        }
    }

    private static func pictures(_ folder: URL) throws {
        let colors = [PNGImage.RGB(0, 0, 0), PNGImage.RGB(255, 0, 0), PNGImage.RGB(0, 255, 0)]
        for (format, depths) in [
            (PNGImage.Format.gray, [1, 2, 4, 8, 16]), (.grayAlpha, [8, 16]), (.rgb, [8, 16]),
            (.rgba, [8, 16]),
            (.palette(colors), [2, 8]),
        ] {
            for depth in depths {
                let samples = (0..<7 * 5 * format.channels).map { UInt16($0 % (depth == 1 ? 2 : 3)) }
                let picture = PNGImage(width: 7, height: 5, format: format, bitDepth: depth, samples: samples)
                let name = "\(format)".prefix { $0.isLetter }
                try picture.write(to: place(folder, "png", "\(name)\(depth).png"))
            }
        }
        let extent = Extent(width: 5, height: 3, depth: 3)
        try TIFFFile.write(
            (0..<45).map { UInt8($0) }, extent: extent, to: place(folder, "tiff", "stack8.tif"))
        try TIFFFile.write(
            (0..<45).map { UInt16($0 * 99) }, extent: extent, to: place(folder, "tiff", "stack16.tif"))
    }

    private static func weights(_ folder: URL) throws {
        for (name, header, count) in [
            ("empty", "{}", 0),
            (
                "one",
                #"{"__metadata__":{"plan":"{}"},"a.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#,
                8
            ),
            (
                "two",
                #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"I64","shape":[0],"data_offsets":[1,1]}}"#,
                1
            ),
        ] {
            let length = UInt64(header.utf8.count)
            let start = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
            try (Data(start) + Data(header.utf8) + Data(count: count))
                .write(to: place(folder, "safetensors", "\(name).safetensors"))
        }
    }
}
