import Foundation
import NIfTI
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: Layout.all)
    func everyLayoutComesBack(_ layout: Layout) throws {
        switch layout.datatype {
        case .uint8: try roundTrip(layout, integers(UInt8.self, count: 24))
        case .int8: try roundTrip(layout, integers(Int8.self, count: 24))
        case .uint16: try roundTrip(layout, integers(UInt16.self, count: 24))
        case .int16: try roundTrip(layout, integers(Int16.self, count: 24))
        case .uint32: try roundTrip(layout, integers(UInt32.self, count: 24))
        case .int32: try roundTrip(layout, integers(Int32.self, count: 24))
        case .uint64: try roundTrip(layout, integers(UInt64.self, count: 24))
        case .int64: try roundTrip(layout, integers(Int64.self, count: 24))
        case .float32: try roundTrip(layout, (0..<24).map { Float($0) * 1.1 - 7 })
        case .float64: try roundTrip(layout, (0..<24).map { Double($0) * 1.1 - 7 })
        }
    }

    private func roundTrip<T: NIfTIScalar & Equatable>(_ layout: Layout, _ voxels: [T]) throws {
        try withTemporaryDirectory { folder in
            var header = layout.header([2, 3, 2, 2], spacing: [1.5, 1.25, 8, 0.04])
            header.extensions = [NIfTIExtension(code: 6, data: Array("a comment".utf8))]
            header.description = "round trip"
            let image = NIfTIImage(voxels: voxels, header: header)
            let url = folder.appending(path: "image.\(layout.ending)")
            try image.write(to: url)
            let read = try NIfTIImage(contentsOf: url)

            #expect(read.dimensions == [2, 3, 2, 2])
            #expect(read.header.version == layout.version)
            #expect(read.header.byteOrder == layout.byteOrder)
            #expect(read.header.datatype == layout.datatype)
            #expect(read.header.description == "round trip")
            #expect(read.header.spacing == [1.5, 1.25, 8])
            #expect(read.header.sform == [-1.5, 0, 0, 0, 0, -1.25, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1])
            #expect(read.header.extensions.map(\.code) == [6])
            #expect(
                read.header.extensions[0].data == Array("a comment".utf8) + [UInt8](repeating: 0, count: 15))
            for frame in 0..<2 {
                let stored = Array(voxels[frame * 12..<(frame + 1) * 12])
                #expect(try read.stored(as: T.self, frame: frame) == stored)
                #expect(try read.floats(frame: frame) == stored.map(\.niftiFloat))
            }
            #expect(try NIfTIHeader(contentsOf: url) == read.header)

            // Written once more, the file is the same byte for byte.
            let again = folder.appending(path: "again.\(layout.ending)")
            try read.write(to: again)
            #expect(try Data(contentsOf: again) == Data(contentsOf: url))
        }
    }

    @Test func eitherNameOfAPairReadsAndWritesBoth() throws {
        try withTemporaryDirectory { folder in
            for (written, names) in [("a.HDR", ["a.HDR", "a.IMG"]), ("b.img.gz", ["b.hdr.gz", "b.img.gz"])] {
                try smallImage().write(to: folder.appending(path: written))
                for name in names {
                    let read = try NIfTIImage(contentsOf: folder.appending(path: name))
                    #expect(try read.floats() == (0..<24).map(Float.init))
                }
            }
        }
    }

    @Test func aPlainHeaderFindsGzippedVoxels() throws {
        try withTemporaryDirectory { folder in
            try smallImage().write(to: folder.appending(path: "a.hdr"))
            try smallImage().write(to: folder.appending(path: "b.img.gz"))
            let files = FileManager.default
            try files.removeItem(at: folder.appending(path: "a.img"))
            try files.moveItem(at: folder.appending(path: "b.img.gz"), to: folder.appending(path: "a.img.gz"))
            let read = try NIfTIImage(contentsOf: folder.appending(path: "a.hdr"))
            #expect(try read.floats() == (0..<24).map(Float.init))
        }
    }

    @Test func aPairBecomesOneFileAndBackWithoutLoss() throws {
        try withTemporaryDirectory { folder in
            var image = smallImage(version: .two)
            image.header.extensions = [NIfTIExtension(code: 4, data: Array("<xml/>".utf8))]
            func url(_ name: String) -> URL { folder.appending(path: name) }
            try image.write(to: url("a.nii"))
            try NIfTIImage(contentsOf: url("a.nii")).write(to: url("b.hdr"))
            try NIfTIImage(contentsOf: url("b.img")).write(to: url("c.nii"))
            #expect(try Data(contentsOf: url("c.nii")) == Data(contentsOf: url("a.nii")))
        }
    }

    @Test func gzipIsToldByContentNotByName() throws {
        try withTemporaryDirectory { folder in
            try smallImage().write(to: folder.appending(path: "a.nii.gz"))
            let url = folder.appending(path: "a.nii")
            try FileManager.default.moveItem(at: folder.appending(path: "a.nii.gz"), to: url)
            #expect(try NIfTIImage(contentsOf: url).floats() == (0..<24).map(Float.init))
        }
    }

    @Test(arguments: [[5, 4], [5, 4, 1], [5, 4, 3], [5, 4, 3, 2], [5, 4, 3, 1], [5, 4, 1, 2]])
    func dimensionsOfAnyNumber(_ dimensions: [Int]) throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            try smallImage(dimensions).write(to: url)
            let read = try NIfTIImage(contentsOf: url)
            #expect(read.dimensions == (dimensions == [5, 4, 3, 1] ? [5, 4, 3] : dimensions))
            #expect(read.frameCount == (dimensions.count == 4 ? dimensions[3] : 1))
            let voxels = try (0..<read.frameCount).flatMap { try read.floats(frame: $0) }
            #expect(voxels == (0..<dimensions.reduce(1, *)).map(Float.init))
        }
    }
}
