import Foundation
import NIfTI
import TestSupport
import Testing

/// Every bad file gives one sentence that names it and says what to do.
@Suite struct BadInputTests {
    private func check(
        _ expected: String, version: NIfTIHeader.Version = .one, dimensions: [Int] = [3, 4, 2],
        ending: String = "nii", at location: SourceLocation = #_sourceLocation,
        _ change: (inout [UInt8]) -> Void
    ) throws {
        try withTemporaryDirectory { folder in
            var bytes = try fileBytes(smallImage(dimensions, version: version), in: folder)
            change(&bytes)
            let url = folder.appending(path: "bad.\(ending)")
            try bytes.write(to: url)
            let found = sentence { _ = try NIfTIImage(contentsOf: url).floats() }
            #expect(found == "\(url.path) \(expected)", sourceLocation: location)
        }
    }

    @Test func dimensions() throws {
        try check("has an invalid header: dimension 2 is 0, but must be at least 1; export it again.") {
            $0.put(Int16(0), at: 44)
        }
        try check("has an invalid header: dimension 3 is -7, but must be at least 1; export it again.") {
            $0.put(Int16(-7), at: 46)
        }
        for count in [-1, 0, 1, 8] {
            try check(
                "has an invalid header: it has \(count) dimensions, but only 2 to 7 are possible; export it again."
            ) { $0.put(Int16(count), at: 40) }
        }
        try check(
            "has 3 × 4 × 2 × 1 × 3 voxels, but only images of two to four dimensions can be read; "
                + "split it along the other dimensions."
        ) {
            $0.put(Int16(5), at: 40)
            $0.put(Int16(3), at: 50)
        }
    }

    @Test func hugeDimensionsAreRefusedBeforeAnythingIsAllocated() throws {
        try check(
            "has an invalid header: 4611686018427387904 × 4 × 2 voxels are more than can be addressed; export it again.",
            version: .two
        ) { $0.put(Int64(1) << 62, at: 24) }
        try check(
            "has 32767 × 32767 × 32767 voxels, more than the limit of 1000 million; crop it, downsample it, or "
                + "split it into several files."
        ) { for axis in 1...3 { $0.put(Int16.max, at: 40 + 2 * axis) } }
    }

    @Test func fewerBytesThanVoxels() throws {
        try check(
            "is cut off: 3 × 4 × 2 voxels need 96 bytes, but the file has 95; copy or download the file again."
        ) { $0.removeLast() }
        try check(
            "is cut off: 3 × 4 × 2 voxels need 96 bytes, but the file has 0; copy or download the file again."
        ) { $0.removeLast(100) }
        try check(
            "is cut off: the header needs 348 bytes, but the file has 347; copy or download the file again."
        ) {
            $0.removeLast($0.count - 347)
        }
        try check(
            "is cut off: the header needs 348 bytes, but the file has 0; copy or download the file again."
        ) {
            $0.removeAll()
        }
        try check(
            "is cut off: the header needs 540 bytes, but the file has 400; copy or download the file again.",
            version: .two
        ) { $0.removeLast($0.count - 400) }
    }

    @Test func whatIsNoNIfTI() throws {
        try check(
            "is not a NIfTI file: its header size is that of neither NIfTI-1 nor NIfTI-2; "
                + "convert it to NIfTI first."
        ) { $0 = Array("This is a text, not a scan.".utf8) }
        try check(
            "is not a valid NIfTI file: its magic string is \"\" instead of \"n+1\"; export it as NIfTI again."
        ) { for offset in 344..<348 { $0[offset] = 0 } }
        try check(
            "is not a valid NIfTI file: its magic string is \"n+2\\x00\\x0a\\x0a\\x1a\\x0a\" instead of \"n+2\\x00\\x0d\\x0a\\x1a\\x0a\"; export it as NIfTI again.",
            version: .two
        ) { $0[8] = 0x0a }
        try check(
            "is not a valid NIfTI file: its magic string is \"n+1\" instead of \"ni1\"; export it as NIfTI again.",
            ending: "hdr"
        ) { _ in }
    }

    @Test(arguments: [
        (0, "unknown (code 0)"), (1, "binary"), (32, "complex64"), (128, "RGB24"), (1536, "float128"),
        (1792, "complex128"), (2048, "complex256"), (2304, "RGBA32"), (77, "unknown (code 77)"),
    ])
    func datatypes(_ code: Int, _ name: String) throws {
        try check(
            "has voxels of type \(name), which cannot be read; convert it to an integer type, float32 or float64."
        ) { $0.put(Int16(code), at: 70) }
    }

    @Test func voxelOffsets() throws {
        for (offset, text) in [(Float(100), "100"), (-4, "-4"), (.nan, "nan"), (.infinity, "inf")] {
            try check(
                "has an invalid header: its voxels start at byte \(text), but cannot start before byte 352; export it again."
            ) { $0.put(offset, at: 108) }
        }
        try check(
            "has an invalid header: its voxels start at byte 999999995904, but at most 64 MiB may precede them; export "
                + "it again."
        ) { $0.put(Float(1e12), at: 108) }
    }

    @Test func voxelsThatAreNoNumbers() throws {
        try check("has 1 NaN or infinite voxel; replace them with finite values and try again.") {
            $0.put(Float.nan, at: 352)
        }
        try check("has 2 NaN or infinite voxels; replace them with finite values and try again.") {
            $0.put(Float.nan, at: 352)
            $0.put(-Float.infinity, at: 444)
        }
    }

    @Test func framesAndLabels() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "a.nii")
            try smallImage([3, 2, 1, 2]).write(to: url)
            let image = try NIfTIImage(contentsOf: url)
            #expect(
                sentence { _ = try image.floats(frame: 2) }
                    == "\(url.path) has 2 frames, numbered 0 to 1, and no frame 2; choose one of them.")
            try NIfTIImage(voxels: [0, 1.5], dimensions: [2, 1], spacing: [1, 1]).write(to: url)
            let labels = try NIfTIImage(contentsOf: url)
            #expect(
                sentence { _ = try labels.integers() }
                    == "\(url.path) is not a label file: voxel (1, 0, 0) is 1.5, "
                    + "not a 32-bit integer; choose the file with the labels.")
            #expect(
                sentence { _ = try labels.floats(frame: 1) }
                    == "\(url.path) has one frame, number 0, and no frame 1; choose frame 0.")
            #expect(
                sentence { _ = try labels.stored(as: UInt8.self) }
                    == "\(url.path) stores float64, not uint8; request its voxels as float64.")
        }
    }

    @Test func filesThatAreNotThere() throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "none.nii")
            let missing =
                "\(url.path) cannot be read: No such file or directory; check the name and the permissions."
            #expect(sentence { _ = try NIfTIImage(contentsOf: url) } == missing)
            #expect(sentence { _ = try NIfTIHeader(contentsOf: url) } == missing)
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: folder) }
                    == "\(folder.relativePath) cannot be read: Is a directory; check the name and the permissions."
            )

            let header = folder.appending(path: "a.hdr")
            let voxels = folder.appending(path: "a.img")
            try smallImage().write(to: header)
            try FileManager.default.removeItem(at: voxels)
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: header) }
                    == "\(header.path) is half of a pair, and "
                    + "\(voxels.path) is missing; put both files in the same folder.")
            try smallImage().write(to: header)
            try FileManager.default.removeItem(at: header)
            #expect(
                sentence { _ = try NIfTIImage(contentsOf: voxels) }
                    == "\(voxels.path) is half of a pair, and "
                    + "\(header.path) is missing; put both files in the same folder.")
        }
    }

    /// Whatever bytes a header holds, reading ends in an image or an error, never in a crash.
    @Test func damagedHeadersNeverCrash() throws {
        try withTemporaryDirectory { folder in
            var random = SplitMix(seed: 1)
            for version in NIfTIHeader.Version.allCases {
                let whole = try fileBytes(smallImage(version: version), in: folder)
                for round in 0..<200 {
                    let url = folder.appending(path: "\(version)-\(round).nii")
                    var bytes = whole
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        bytes[Int.random(in: 0..<version.headerSize, using: &random)] = .random(
                            in: 0...255, using: &random)
                    }
                    try bytes.write(to: url)
                    do {
                        let image = try NIfTIImage(contentsOf: url)
                        _ = image.header.affine + image.header.spacing
                        #expect(try image.floats(nonFinite: .keep).count == image.header.frameVoxelCount)
                    } catch let error as NIfTIError {
                        #expect(error.description.hasPrefix(url.path))
                    }
                }
            }
        }
    }
}
