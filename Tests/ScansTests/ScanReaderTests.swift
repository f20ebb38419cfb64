import Foundation
import Imaging
import NIfTI
import Scans
import TestSupport
import Testing

@Suite struct ScanReaderTests {
    private func write(
        _ folder: URL, _ name: String, frames: Int = 1, spacing: [Double] = [1.5, 1.5, 8]
    ) throws -> URL {
        let file = folder.appending(path: name)
        let dimensions = [3, 2, 2] + (frames > 1 ? [frames] : [])
        try NIfTIImage(
            voxels: (0..<12 * frames).map { Int16($0) }, dimensions: dimensions,
            spacing: spacing + (frames > 1 ? [1] : [])
        ).write(to: file)
        return file
    }

    private func numbers(_ range: Range<Int>) -> [Float] { range.map { Float($0) } }

    @Test func framesAreMomentsOrChannels() throws {
        try withTemporaryDirectory { folder in
            let file = try write(folder, "x.nii.gz", frames: 3)
            var reader = ScanReader()
            let series = try reader.scan(ScanSource([file]))
            #expect(series.frameCount == 3 && series.template?.frameCount == 3)
            #expect(try series.channels(ofFrame: 2).map(\.voxels) == [numbers(24..<36)])
            let one = try reader.scan(ScanSource([file], frames: .one(1)))
            #expect(try one.frameCount == 1 && one.channels().map(\.voxels) == [numbers(12..<24)])
            let channels = try reader.scan(ScanSource([file], frames: .channels))
            #expect(try channels.frameCount == 1 && channels.channels().count == 3)
            #expect(throws: ScanError.self) { try reader.scan(ScanSource([file], frames: .one(3))) }
            #expect(throws: ScanError.series(path: file.relativePath, frames: 3)) {
                try reader.scan(ScanSource([file, file]))
            }
        }
    }

    /// What was read stays with the reader, so that a file that is gone by then is still known.
    @Test func framesOfASeriesInflateTheirFileOnce() throws {
        try withTemporaryDirectory { folder in
            let file = try write(folder, "x.nii.gz", frames: 2)
            var reader = ScanReader()
            _ = try reader.scan(ScanSource([file], frames: .one(0)))
            _ = try reader.labels(in: file, frame: 0)
            try FileManager.default.removeItem(at: file)
            #expect(try reader.labels(in: file, frame: 1).values == (12..<24).map { Int32($0) })
            #expect(
                try reader.scan(ScanSource([file], frames: .one(1))).channels()[0].voxels == numbers(12..<24))
        }
    }

    @Test func aHeaderIsKnownThoughTheVoxelsAreDamaged() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.nii.gz")
            var generator = SystemRandomNumberGenerator()
            try NIfTIImage(
                voxels: (0..<64 * 64 * 20).map { _ in Int16.random(in: 0...999, using: &generator) },
                dimensions: [64, 64, 20], spacing: [1, 1, 1]
            ).write(to: file)
            let bytes = try Data(contentsOf: file)
            let voxels = try NIfTIImage(contentsOf: file).floats()
            try bytes.prefix(bytes.count / 2).write(to: file)
            #expect(try ScanHeader(contentsOf: file).geometry() == Geometry(pixels: 64, 64, 20))
            let (header, first) = try NIfTIImage.firstVoxels(of: file, count: 1000)
            #expect(header.dimensions == [64, 64, 20] && first == Array(voxels.prefix(1000)))
            #expect(throws: ScanError.nifti(.damagedGzip(path: file.relativePath))) {
                try Scan(contentsOf: file)
            }
        }
    }

    @Test func firstVoxelsOfEveryKindOfFile() throws {
        try withTemporaryDirectory { folder in
            for name in ["x.nii", "x.nii.gz", "y.hdr", "z.img.gz"] {
                let file = try write(folder, name, frames: 2)
                #expect(try NIfTIImage.firstVoxels(of: file, count: 5).voxels == numbers(0..<5), "\(name)")
                #expect(try NIfTIImage.firstVoxels(of: file, count: 99).voxels == numbers(0..<12), "\(name)")
            }
            let file = folder.appending(path: "x.nii")
            try Data(contentsOf: file).prefix(360).write(to: file)
            #expect(
                throws: NIfTIError.missingVoxels(
                    path: file.relativePath, dimensions: [3, 2, 2, 2], expected: 10, found: 8)
            ) { try NIfTIImage.firstVoxels(of: file, count: 5) }
        }
    }

    @Test func channelsLieOnOneGrid() throws {
        try withTemporaryDirectory { folder in
            let one = try write(folder, "a.nii")
            let other = try write(folder, "b.nii", spacing: [1.5, 1.5004, 8])
            let far = try write(folder, "c.nii", spacing: [1.5, 2, 8])
            var reader = ScanReader()
            let scan = try reader.scan(ScanSource([one, other]))
            #expect(try scan.channels().map(\.geometry) == [scan.geometry, scan.geometry])
            #expect(
                throws: ScanError.channelSpacing(
                    first: one.relativePath, other: far.relativePath, expected: [1.5, 1.5, 8],
                    found: [1.5, 2, 8])
            ) { try reader.scan(ScanSource([one, far])) }
        }
    }

    @Test func formatsByEnding() {
        for (name, format) in [
            ("a.nii", ScanFormat.nifti), ("a.NII.GZ", .nifti), ("a.hdr", .nifti), ("a.img.gz", .nifti),
            ("a.Png", .png), ("a.tif", .tiff), ("a.TIFF", .tiff), ("a.jpg", nil), ("nii", nil), (".png", nil),
        ] {
            #expect(ScanFormat(URL(filePath: "/x/\(name)")) == format, "\(name)")
        }
        #expect(NIfTIImage.maximumVoxels == Limits.values)
    }
}
