import Foundation
import Imaging
import Scans
import TestSupport
import Testing

@Suite struct PNGImageTests {
    static let pictures: [PNGImage] = [
        PNGImage(width: 3, height: 2, format: .gray, bytes: [0, 1, 2, 3, 254, 255]),
        PNGImage(width: 3, height: 2, format: .gray, bitDepth: 16, samples: [0, 1, 256, 4095, 65534, 65535]),
        PNGImage(width: 5, height: 2, format: .gray, bitDepth: 1, samples: [0, 1, 1, 0, 1, 1, 0, 0, 1, 0]),
        PNGImage(width: 3, height: 1, format: .gray, bitDepth: 4, samples: [0, 7, 15]),
        PNGImage(width: 2, height: 2, format: .grayAlpha, bytes: [0, 255, 9, 0, 17, 128, 255, 1]),
        PNGImage(width: 2, height: 1, format: .rgb, bytes: [1, 2, 3, 253, 254, 255]),
        PNGImage(
            width: 1, height: 2, format: .rgba, bitDepth: 16, samples: [1, 256, 65535, 0, 9, 8, 7, 65535]),
        PNGImage(width: 4, height: 1, format: .palette(colors), bytes: [0, 1, 2, 3]),
        PNGImage(width: 5, height: 1, format: .palette(colors), bitDepth: 2, samples: [3, 2, 1, 0, 3]),
    ]
    static let colors = [
        PNGImage.RGB(0, 0, 0), PNGImage.RGB(255, 0, 0), PNGImage.RGB(0, 255, 0), PNGImage.RGB(0, 0, 255),
    ]

    @Test(arguments: pictures)
    func roundTrip(picture: PNGImage) throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "picture.png")
            try picture.write(to: file)
            #expect(try PNGImage(contentsOf: file) == picture)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["picture.png"])
        }
    }

    /// A palette mask of 2 bits a pixel written by Pillow: indices, not brightness.
    @Test func readsPaletteIndices() throws {
        let text =
            "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACAgMAAAACxpXwAAAADFBMVEUAAAD/AAAA/wAAAP+bwBPcAAAADElEQVR4nGOQZngCAAE5AQBF"
            + "ZJGbAAAAAElFTkSuQmCC"
        let picture = try PNGImage(data: #require(Data(base64Encoded: text)), path: "mask.png")
        #expect(picture.format == .palette(Self.colors))
        #expect(picture.bitDepth == 2 && picture.width == 4 && picture.height == 2)
        #expect(picture.samples == [0, 1, 2, 3, 3, 2, 1, 0])
        #expect(picture.intensities.prefix(2) == [0, 0.299 * 255])
    }

    @Test func brightnessOfEveryKind() {
        #expect(Self.pictures[1].intensities == [0, 1, 256, 4095, 65534, 65535])
        #expect(Self.pictures[4].intensities == [0, 9, 17, 255])
        let expected: [Float] = [0.299 * 1 + 0.587 * 2 + 0.114 * 3, 0.299 * 253 + 0.587 * 254 + 0.114 * 255]
        #expect(Self.pictures[5].intensities == expected)
        #expect(Self.pictures[1].maximum == 65535)
    }

    @Test func everyTruncationIsAnError() throws {
        let whole = try Self.pictures[0].encoded()
        for count in 0..<whole.count {
            let error = #expect(throws: PNGError.self) {
                try PNGImage(data: whole.prefix(count), path: "x.png")
            }
            #expect(error == (count == 0 ? .notPNG(path: "x.png") : .truncated(path: "x.png")))
        }
    }

    @Test func flippedBitsNeverCrash() throws {
        let whole = [UInt8](try Self.pictures[8].encoded())
        for position in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[position] ^= 1 << bit
                // Ancillary chunks do not exist here, so every bit is covered by a check sum or the signature.
                #expect(throws: PNGError.self) { try PNGImage(data: Data(bytes), path: "x.png") }
            }
        }
    }

    /// A chunk that claims to be 1.5 GB long; libpng took memory for it before it missed the bytes (found by fuzzing).
    @Test func chunksLieInTheFile() throws {
        let whole = try Self.pictures[0].encoded()
        for name in ["tEXt", "IDAT", "tIME"] {
            let chunk: [UInt8] = [0x57, 0x44, 0x49, 0x4D] + Array(name.utf8) + [0, 0, 0, 0]
            let error = #expect(throws: PNGError.self) {
                try PNGImage(data: whole.prefix(33) + Data(chunk) + whole.dropFirst(33), path: "x.png")
            }
            #expect(error == .truncated(path: "x.png"))
        }
    }

    @Test func pipesAreRefused() throws {
        try withTemporaryDirectory { folder in
            for name in ["pipe.png", "pipe.tif"] {
                let pipe = folder.appending(path: name)
                #expect(mkfifo(pipe.path, 0o600) == 0)
                let expected =
                    "\(pipe.path) cannot be read (it is a pipe, a socket, or a device); specify a regular file."
                let readers: [() throws -> Void] = [
                    { _ = try Scan(contentsOf: pipe) }, { _ = try ScanHeader(contentsOf: pipe) },
                    { _ = try LabelScan(contentsOf: pipe) },
                ]
                for read in readers {
                    let error = #expect(throws: ScanError.self) { try read() }
                    #expect(error?.description == expected)
                }
            }
        }
    }

    @Test func sparseFilesAreRefused() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.png")
            try Self.pictures[0].write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: 300 << 30)
            try handle.close()
            let error = #expect(throws: PNGError.self) { try PNGImage(contentsOf: file) }
            #expect(
                error?.description
                    == "\(file.path) cannot be read (it has 307200 MiB, but at most 64 MiB is expected); check that it is "
                    + "the right file.")
        }
    }

    @Test func errorTexts() throws {
        func text(_ bytes: [UInt8]) -> String? {
            do {
                _ = try PNGImage(data: Data(bytes), path: "scan.png")
                return nil
            } catch { return error.description }
        }
        let whole = [UInt8](try Self.pictures[0].encoded())
        #expect(
            text(Array("GIF89a".utf8))
                == "scan.png is not a PNG file despite its name; rename it to match its format, or save it as PNG."
        )
        #expect(
            text(whole.dropLast(20))
                == "scan.png ends before its picture is complete; copy or download it again.")
        var damaged = whole
        damaged[29] ^= 0xFF
        #expect(text(damaged) == "scan.png is damaged (libpng: IHDR: CRC error); copy or download it again.")
        var empty = whole
        empty[19] = 0
        #expect(
            text(empty)
                == "scan.png contains no picture: its header says 0 × 2 pixels; export it again.")
        var huge = whole
        huge[16] = 0x10
        huge[20] = 0x10
        #expect(
            text(huge)
                == "scan.png claims to have 268435459 × 268435458 pixels, but at most 1000 million values can be read, counting every channel; split it into smaller pictures."
        )
        huge.replaceSubrange(16..<24, with: [UInt8](repeating: 255, count: 8))
        #expect(
            text(Array(huge[..<33]))
                == "scan.png claims to have 4294967295 × 4294967295 pixels, but at most 1000 million values can be read, counting every channel; split it into smaller pictures."
        )
        // Below the limit, and more than so short a file can hold.
        huge.replaceSubrange(16..<24, with: [0, 0, 0x70, 0, 0, 0, 0x70, 0])
        #expect(text(huge) == "scan.png ends before its picture is complete; copy or download it again.")
    }

    @Test func missingAndUnwritableFiles() throws {
        try withTemporaryDirectory { folder in
            let missing = folder.appending(path: "none.png")
            let path = missing.path(percentEncoded: false)
            let reading = #expect(throws: PNGError.self) { try PNGImage(contentsOf: missing) }
            #expect(
                reading?.description
                    == "\(path) cannot be read (No such file or directory); check the path and your permissions."
            )
            let nowhere = folder.appending(path: "no/folder/x.png")
            let writing = #expect(throws: PNGError.self) { try Self.pictures[0].write(to: nowhere) }
            #expect(
                writing?.description
                    == "\(nowhere.path(percentEncoded: false)) cannot be written (No such file or directory); "
                    + "check the folder's permissions and the free space.")
        }
    }
}
