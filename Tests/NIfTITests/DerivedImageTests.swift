import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct DerivedImageTests {
    private static let layouts = Layout.all.filter { $0.ending == "nii.gz" && $0.datatype == .int16 }

    @Test(arguments: layouts)
    func labelsKeepTheGeometryByteForByte(_ layout: Layout) throws {
        try withTemporaryDirectory { folder in
            var header = layout.header([3, 4, 2], spacing: [1.4, 1.3, 9.7])
            header.setScaling(slope: 3, intercept: -1)
            header.setSform([-1, 0, 0, 5, 0, -1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1], code: 2)
            let labels = (0..<24).map { UInt8($0 % 4) }
            let url = folder.appending(path: "labels.nii.gz")
            try NIfTIImage(labels: labels, like: header).write(to: url)
            let read = try NIfTIImage(contentsOf: url)

            #expect(try read.integers() == labels.map(Int32.init))
            #expect(read.header.datatype == .uint8)
            #expect(!read.header.isScaled)
            let kept: [Range<Int>] =
                layout.version == .one
                // dim; pixdim and the voxels' place; units; description to sform.
                ? [0..<70, 74..<112, 120..<124, 148..<344]
                : [0..<12, 16..<176, 208..<540]
            for range in kept { #expect(read.header.bytes[range] == header.bytes[range]) }
        }
    }

    @Test(arguments: layouts)
    func labelsOfASeriesAreOneFrame(_ layout: Layout) {
        let header = layout.header([3, 4, 2, 5], spacing: [1, 1, 8, 0.03])
        let image = NIfTIImage(labels: [UInt8](repeating: 1, count: 24), like: header)
        #expect(image.dimensions == [3, 4, 2])
        #expect(image.frameCount == 1)
        #expect(image.header.pixdim == header.pixdim)
        #expect(image.header.sform == header.sform)
    }

    @Test(arguments: layouts)
    func labelsOfAllFramesKeepTheSeries(_ layout: Layout) throws {
        try withTemporaryDirectory { folder in
            var header = layout.header([3, 4, 2, 5], spacing: [1, 1, 8, 0.03])
            header.setScaling(slope: 3, intercept: -1)
            let labels = (0..<120).map { UInt8($0 % 4) }
            let url = folder.appending(path: "labels.nii.gz")
            try NIfTIImage(labels: labels, frames: 5, like: header).write(to: url)
            let read = try NIfTIImage(contentsOf: url)
            #expect(read.dimensions == [3, 4, 2, 5])
            for frame in 0..<5 {
                #expect(
                    try read.integers(frame: frame) == labels[frame * 24..<(frame + 1) * 24].map(Int32.init))
            }
            #expect(read.header.datatype == .uint8)
            #expect(!read.header.isScaled)
            #expect(abs(read.header.pixdim[4] - 0.03) < 1e-7)
            let dimensions = layout.version == .one ? 40..<56 : 16..<80
            #expect(read.header.bytes[dimensions] == header.bytes[dimensions])
            let pixdim = layout.version == .one ? 76..<108 : 104..<168
            #expect(read.header.bytes[pixdim] == header.bytes[pixdim])
        }
    }

    @Test func labelsOfSomeFramesBecomeTheFourthDimension() throws {
        for dimensions in [[3, 4], [3, 4, 1], [3, 4, 1, 5]] {
            let header = smallImage(dimensions).header
            let labels = (0..<24).map { UInt8($0) }
            let image = NIfTIImage(labels: labels, frames: 2, like: header)
            #expect(image.dimensions == [3, 4, 1, 2])
            #expect(try image.integers(frame: 0) + image.integers(frame: 1) == labels.map(Int32.init))
            #expect(image.header.pixdim == header.pixdim)
        }
    }

    @Test func probabilitiesAreFourDimensional() throws {
        let like = NIfTIHeader(dimensions: [3, 4], spacing: [1, 1], datatype: .uint8, byteOrder: .big)
        let values = (0..<48).map { Float($0) / 48 }
        let image = NIfTIImage(floats: values, channels: 4, like: like)
        #expect(image.dimensions == [3, 4, 1, 4])
        for channel in 0..<4 {
            #expect(try image.floats(frame: channel) == Array(values[channel * 12..<(channel + 1) * 12]))
        }
    }

    @Test func displayRangeAndIntentDoNotOutliveTheirVoxels() throws {
        try withTemporaryDirectory { folder in
            var bytes = try fileBytes(smallImage(), in: folder)
            bytes.put(Float(900), at: 124)
            bytes.put(Float(10), at: 128)
            bytes.put(Int32(900), at: 140)
            bytes.put(Int16(3), at: 68)
            bytes.put(Float(8), at: 56)
            bytes[328] = UInt8(ascii: "t")
            let url = folder.appending(path: "a.nii")
            try bytes.write(to: url)
            let header = try NIfTIHeader(contentsOf: url)
            let derived = NIfTIImage(labels: [UInt8](repeating: 0, count: 24), like: header).header
            #expect(
                derived.bytes
                    == NIfTIImage(labels: [UInt8](repeating: 0, count: 24), like: smallImage().header).header
                    .bytes)
        }
    }
}
