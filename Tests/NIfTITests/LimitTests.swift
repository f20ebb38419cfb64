import Foundation
import NIfTI
import TestSupport
import Testing

/// Files that promise more than they hold, or hold more than is good: no memory is taken for either.
@Suite struct LimitTests {
    private func sparse(_ url: URL, gigabytes: Int) throws {
        try Data().write(to: url)
        let file = try FileHandle(forWritingTo: url)
        try file.truncate(atOffset: UInt64(gigabytes) << 30)
        try file.close()
    }

    /// The gzipped voxels of a picture of zeros, without a header.
    private func zeros(_ count: Int, in folder: URL) throws -> Data {
        let image = NIfTIImage(
            voxels: [UInt8](repeating: 0, count: count), dimensions: [count / 16_384, 16_384],
            spacing: [1, 1])
        try image.write(to: folder.appending(path: "zeros.hdr.gz"))
        return try Data(contentsOf: folder.appending(path: "zeros.img.gz"))
    }

    @Test func aSparseFileIsRefusedByItsFirstBytes() throws {
        try withTemporaryDirectory { folder in
            for name in ["a.nii", "a.nii.gz"] {
                let url = folder.appending(path: name)
                try sparse(url, gigabytes: 300)
                let expected =
                    "\(url.path) is not a NIfTI file: its header size is that of neither NIfTI-1 nor NIfTI-2; "
                    + "convert it to NIfTI first."
                #expect(sentence { _ = try NIfTIImage(contentsOf: url) } == expected)
                #expect(sentence { _ = try NIfTIHeader(contentsOf: url) } == expected)
            }
        }
    }

    @Test func aSoundFileMayGoOnForLong() throws {
        try withTemporaryDirectory { folder in
            let image = smallImage([4, 3, 2])
            let url = folder.appending(path: "a.nii")
            try image.write(to: url)
            let file = try FileHandle(forWritingTo: url)
            try file.truncate(atOffset: 300 << 30)
            try file.close()
            #expect(try NIfTIImage(contentsOf: url).floats() == image.floats())
        }
    }

    @Test func pipesAndDevicesAreRefused() throws {
        try withTemporaryDirectory { folder in
            let pipe = folder.appending(path: "pipe.nii")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            let device = folder.appending(path: "device.nii.gz")
            try FileManager.default.createSymbolicLink(
                at: device, withDestinationURL: URL(filePath: "/dev/zero"))
            for url in [pipe, device] {
                let expected =
                    "\(url.path) cannot be read: it is a pipe, a socket, or a device; specify a regular file."
                #expect(sentence { _ = try NIfTIImage(contentsOf: url) } == expected)
                #expect(sentence { _ = try NIfTIHeader(contentsOf: url) } == expected)
            }
        }
    }

    @Test func thereAreAtMostAsManyVoxelsAsAskedFor() throws {
        try withTemporaryDirectory { folder in
            let image = smallImage([8, 6, 2, 3])
            for name in ["a.nii", "a.nii.gz", "a.hdr"] {
                let url = folder.appending(path: name)
                try image.write(to: url)
                #expect(try NIfTIImage(contentsOf: url, maximumVoxels: 288).frameCount == 3)
                #expect(
                    sentence { _ = try NIfTIImage(contentsOf: url, maximumVoxels: 287) }
                        == "\(url.path) has 8 × 6 × 2 × 3 voxels, more than the limit of 287; crop it, downsample "
                        + "it, or split it into several files.")
                #expect(try NIfTIHeader(contentsOf: url).frameCount == 3)
            }
        }
    }

    /// A megabyte can hold 2³⁰ voxels.
    @Test func whatTheHeaderPromisesGetsNoMemory() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            func promise(_ side: Int) throws {
                let plain = folder.appending(path: "plain.nii")
                try smallImage([2, 2, 2]).write(to: plain)
                var bytes = try [UInt8](Data(contentsOf: plain))
                for axis in 1...3 { bytes.put(Int16(side), at: 40 + 2 * axis) }
                try gzipMember(bytes).write(to: url)
            }
            try promise(1024)
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: url) }
                    == "\(url.path) has 1024 × 1024 × 1024 voxels, more than the limit of 1000 million; crop it, "
                    + "downsample it, or split it into several files.")
            try promise(900)
            let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: url) }
            guard case .missingVoxels(_, let dimensions, _, let found) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(dimensions == [900, 900, 900])
            #expect(found == 8 * smallImage([2, 2, 2]).header.datatype.size)
        }
    }

    @Test func contentThatGoesOnIsNotKept() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            let image = smallImage([4, 3, 2])
            try image.write(to: url)
            let small = try Data(contentsOf: url)
            // A hundred kilobytes more are passed over, and so is what the fast way has no room for.
            try (small + zeros(1 << 17, in: folder)).write(to: url)
            #expect(try NIfTIImage(contentsOf: url).floats() == image.floats())
            try (small + zeros(1 << 27, in: folder)).write(to: url)
            let size = 24 * image.header.datatype.size
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: url) }
                    == "\(url.path) has an invalid header: 4 × 3 × 2 voxels need \(size) bytes, but the file continues long "
                    + "after them; export it again.")
            // What is no NIfTI is told by its beginning.
            try zeros(1 << 27, in: folder).write(to: url)
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: url) }?.contains(" is not a NIfTI file: ") == true)
            #expect(
                sentence { _ = try NIfTIHeader(contentsOf: url) }?.contains(" is not a NIfTI file: ") == true)
        }
    }

    /// A header needs the beginning of the file only, and damage behind it is none of its business.
    @Test func aHeaderIsReadFromTheBeginning() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii.gz")
            var image = NIfTIImage(
                voxels: (0..<60_000).map { Int16(truncatingIfNeeded: $0 &* $0) }, dimensions: [300, 200],
                spacing: [1, 1])
            image.header.extensions = [
                NIfTIExtension(code: 6, data: (0..<9992).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            ]
            try image.write(to: url)
            try Data(contentsOf: url).dropLast(9).write(to: url)
            #expect(try NIfTIHeader(contentsOf: url).extensions == image.header.extensions)
            #expect(throws: NIfTIError.damagedGzip(path: url.relativePath)) {
                try NIfTIImage(contentsOf: url)
            }
        }
    }

    @Test func voxelsStartWithinReach() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii")
            try smallImage([4, 3, 2]).write(to: url)
            var bytes = try [UInt8](Data(contentsOf: url))
            bytes.put(Float(1e9), at: 108)
            try bytes.write(to: url)
            let expected =
                "\(url.path) has an invalid header: its voxels start at byte 1000000000, but at most 64 MiB may precede "
                + "them; export it again."
            #expect(sentence { _ = try NIfTIImage(contentsOf: url) } == expected)
            #expect(sentence { _ = try NIfTIHeader(contentsOf: url) } == expected)
        }
    }
}
