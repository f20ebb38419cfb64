import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

@Suite struct ImageFileTests {
    @Test func picturesHaveChannelsAndPixelsForSpacing() throws {
        try withTemporaryDirectory { folder in
            let color = folder.appending(path: "c.png")
            try PNGImage(width: 2, height: 1, format: .rgba, bytes: [1, 2, 3, 255, 4, 5, 6, 0]).write(
                to: color)
            let read = try Scan(contentsOf: color)
            #expect(try read.channels().map(\.voxels) == [[1, 4], [2, 5], [3, 6]])
            #expect(read.template == nil && read.storedAs == "uint8")
            #expect(
                read.geometry
                    == Geometry(width: 2, height: 1, depth: 1, spacing: Spacing(1, 1, 1)))
            let header = try ScanHeader(contentsOf: color)
            #expect(header.channelCount == 3 && header.hasOpacity && header.pageCount == 1)
            #expect(header.extent == Extent(width: 2, height: 1))
        }
    }

    @Test func pagesAreSlices() throws {
        try withTemporaryDirectory { folder in
            let stack = folder.appending(path: "s.TIF")
            try TIFFSamples.bigEndianStack.write(to: stack)
            let whole = try Scan(contentsOf: stack)
            #expect(try whole.channels().count == 1 && whole.geometry == Geometry(pixels: 4, 3, 2))
            #expect(try whole.channels()[0].voxels == (0..<24).map { Float($0 * 1000) })
            #expect(whole.storedAs == "uint16")
            #expect(
                try Scan(contentsOf: stack, page: 1).channels()[0].voxels
                    == (12..<24).map { Float($0 * 1000) })
            #expect(try ScanHeader(contentsOf: stack).pageCount == 2)
            #expect(
                #expect(throws: ScanError.self) { try Scan(contentsOf: stack, page: 2) }?.description
                    == "\(stack.relativePath) has 2 pages, but page 3 is needed; check that the file is complete."
            )
        }
    }

    @Test func framesOfNIfTIAreChannels() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.nii.gz")
            try NIfTIImage(
                voxels: (0..<24).map { Int16($0) }, dimensions: [3, 2, 2, 2], spacing: [1, 2, 3, 1]
            )
            .write(to: file)
            let read = try Scan(contentsOf: file)
            let frames = [(0..<12).map { Float($0) }, (12..<24).map { Float($0) }]
            #expect(try read.channels().map(\.voxels) == frames)
            #expect(read.geometry.spacing == Spacing(1, 2, 3))
            #expect(read.template?.frameCount == 2 && read.storedAs == "int16")
        }
    }

    @Test func labelsAreValues() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.png")
            // Gray masks that were saved in color.
            try PNGImage(width: 2, height: 1, format: .rgb, bytes: [255, 255, 255, 0, 0, 0]).write(to: file)
            #expect(try LabelScan(contentsOf: file).values == [255, 0])
            try PNGImage(width: 2, height: 1, format: .gray, bitDepth: 16, samples: [40_000, 0]).write(
                to: file)
            #expect(try LabelScan(contentsOf: file).distinctValues == [0, 40_000])
            try PNGImage(width: 2, height: 1, format: .rgb, bytes: [255, 0, 0, 0, 0, 0]).write(to: file)
            #expect(
                #expect(throws: ScanError.self) { try LabelScan(contentsOf: file) }?.description
                    == "\(file.relativePath) is a color picture where labels are expected; save the labels as gray levels "
                    + "or palette indices.")
            let tiff = folder.appending(path: "x.tif")
            try TIFFSamples.signed.write(to: tiff)
            #expect(
                #expect(throws: ScanError.self) { try LabelScan(contentsOf: tiff) }?.description
                    == "\(tiff.relativePath) has the value -5 where labels from 0 to 65535 are expected; check that it is a "
                    + "label file and not an image.")
        }
    }

    @Test func labelMapsBecomePictures() throws {
        try withTemporaryDirectory { folder in
            let map = LabelMap(geometry: Geometry(pixels: 3, 2), labels: [0, 1, 2, 255, 4, 5])
            let file = folder.appending(path: "x_pred.png")
            try PNGImage(labels: map).write(to: file)
            #expect(try PNGImage(contentsOf: file).format == .gray)
            #expect(try LabelScan(contentsOf: file).values == [0, 1, 2, 255, 4, 5])
        }
    }

    @Test func pagesThatDifferAreNoVolume() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.tif")
            // The second page's directory, at the end of the first page, says that it has 3 rows.
            try TIFFFile.write(
                [UInt8](repeating: 1, count: 16), extent: Extent(width: 2, height: 4, depth: 2), to: file)
            var bytes = try Data(contentsOf: file)
            let second = 8 + 2 + 9 * 12 + 4 + 8
            bytes[second + 2 + 12 + 8] = 3
            try bytes.write(to: file)
            #expect(
                #expect(throws: ScanError.self) { try Scan(contentsOf: file) }?.description
                    == "\(file.relativePath) has pages that differ: the first has 2 × 4 pixels and 1 channel, page 2 has 2 × 3 "
                    + "pixels and 1 channel; save them as separate files.")
            #expect(try Scan(contentsOf: file, page: 1).channels()[0].geometry.height == 3)
        }
    }
}
