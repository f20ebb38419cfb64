import Foundation
import Imaging
import Scans
import TestSupport
import Testing

@Suite struct TIFFFileTests {
    @Test func readsABigEndianStack() throws {
        let expected = (0..<24).map { Float($0 * 1000) }
        try open(TIFFSamples.bigEndianStack) { file in
            let (count, pages) = (file.pageCount, [try file.page(0), try file.page(1)])
            #expect(count == 2)
            #expect(pages.map(\.width) == [4, 4])
            #expect(pages.map(\.height) == [3, 3])
            #expect(pages.flatMap(\.samples) == expected)
            #expect(pages[0].sampleType == .uint16)
            #expect(pages[0].format == .gray(whiteIsZero: false))
            // Back again: pages are found in any order.
            let again = try file.page(0)
            #expect(again == pages[0])
        }
    }

    @Test func readsTilesOfColors() throws {
        let page = try page(TIFFSamples.rgbTiles)
        let expected = (0..<20 * 18 * 3).map { Float($0 % 251) }
        #expect(page.format == .rgb)
        #expect(page.width == 18 && page.height == 20)
        #expect(page.samples == expected)
        #expect(page.channels.map(\.count) == [360, 360, 360])
        #expect(page.channels.map { $0[1] } == [3, 4, 5])
    }

    @Test func readsChannelsStoredApart() throws {
        let page = try page(TIFFSamples.planarFloat)
        let expected = [0, 10, 20].map { start in (start..<start + 10).map { Float($0) / 4 } }
        #expect(page.sampleType == .float32)
        #expect(page.channels == expected)
    }

    @Test func readsPalettesAsIndices() throws {
        let page = try page(TIFFSamples.palette)
        #expect(page.labelValues == [0, 1, 2, 3, 3, 2, 1, 0])
        let brightness = page.channels[0].prefix(4).map { Int(($0 * 1000).rounded()) }
        #expect(brightness == [0, 76245, 149_685, 29070])
    }

    @Test func readsSingleBits() throws {
        let expected: [Float] = (0..<20).map { $0 % 3 == 0 ? 1 : 0 }
        #expect(try page(TIFFSamples.bits).samples == expected)
    }

    @Test func leavesOpacityOut() throws {
        #expect(try page(TIFFSamples.rgba).channels == [[1, 4], [2, 5], [3, 6]])
        try open(TIFFSamples.rgba) { file in
            let description = try file.describe(0)
            #expect(description.channels == 3)
            #expect(description.hasExtraSamples)
        }
    }

    @Test func readsOtherKinds() throws {
        #expect(try page(TIFFSamples.signed).samples == [-5, 0, 7, 32767])
        #expect(try page(TIFFSamples.bigTIFF).samples == [1, 2, 3])
        #expect(try page(TIFFSamples.packBits).samples == [Float](repeating: 7, count: 120))
    }

    /// Shown as light where the number is small, but labels are the numbers.
    @Test func whiteMayBeZero() throws {
        let page = try page(TIFFSamples.white)
        #expect(page.channels == [[255, 254, 55, 0]])
        #expect(page.labelValues == [0, 1, 200, 255])
    }

    @Test func roundTrip() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "stack.tif")
            // An odd number of bytes a page, and so directories that must be moved to even addresses.
            let bytes = (0..<3 * 5 * 3).map { UInt8($0 * 5) }
            try TIFFFile.write(bytes, extent: Extent(width: 3, height: 5, depth: 3), to: file)
            #expect(try LabelScan(contentsOf: file).values == bytes.map { Int32($0) })
            #expect(try LabelScan(contentsOf: file, page: 2).values == bytes[30...].map { Int32($0) })
            let words = (0..<20).map { UInt16($0 * 3000) }
            try TIFFFile.write(words, extent: Extent(width: 4, height: 5), to: file)
            let picture = try LabelScan(contentsOf: file)
            #expect(
                picture.values == words.map { Int32($0) } && picture.extent == Extent(width: 4, height: 5))
        }
    }

    /// A page whose place is known is read without a look at any other: a stack is not walked through for each of its
    /// pages.
    @Test func aPageIsFoundByItsPlace() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "stack.tif")
            let values = (0..<4 * 3 * 3).map { UInt8($0) }
            try TIFFFile.write(values, extent: Extent(width: 4, height: 3, depth: 3), to: file)
            let places = try ScanHeader(contentsOf: file).pageOffsets
            #expect(places.count == 3)
            // The first page says that the second is where no file is.
            var bytes = try Data(contentsOf: file)
            bytes.replaceSubrange(8 + 2 + 9 * 12..<8 + 2 + 9 * 12 + 4, with: [0xF0, 0xFF, 0xFF, 0x7F])
            try bytes.write(to: file)
            #expect(throws: ScanError.self) { try LabelScan(contentsOf: file, page: 2) }
            for (page, place) in places.enumerated() {
                let expected = values[page * 12..<(page + 1) * 12]
                #expect(
                    try LabelScan(contentsOf: file, page: page, at: place).values
                        == expected.map { Int32($0) })
                #expect(
                    try Scan(contentsOf: file, page: page, at: place).channels()[0].voxels
                        == expected.map { Float($0) })
            }
            #expect(throws: ScanError.self) { try LabelScan(contentsOf: file, page: 0, at: 5) }
        }
    }

    /// libtiff reads the missing ones from the file's beginning, header and all (found by fuzzing).
    @Test func everyStripHasAPlace() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "strips.tif")
            try TIFFFile.write((0..<12).map { UInt8($0) }, extent: Extent(width: 4, height: 3), to: file)
            var bytes = try Data(contentsOf: file)
            // Rows of a strip and bytes of a strip, in the last two of nine tags: three strips, of which one has a place.
            bytes[10 + 12 * 7 + 8] = 1
            bytes[10 + 12 * 8 + 8] = 4
            try bytes.write(to: file)
            let error = #expect(throws: ScanError.self) { try Scan(contentsOf: file) }
            #expect(
                error?.description
                    == "\(file.path) is damaged or cut off (libtiff: it lists fewer strips or tiles than its picture needs); "
                    + "copy or download it again.")
        }
    }

    @Test func stacksHaveALimit() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "stack.tif")
            try TIFFFile.write([1, 2] as [UInt8], extent: Extent(width: 1, height: 1, depth: 2), to: file)
            var bytes = try Data(contentsOf: file)
            // Width and height of the first page, in its first two tags.
            for tag in 0...1 {
                bytes.replaceSubrange(10 + 12 * tag + 8..<10 + 12 * tag + 10, with: [0x30, 0x75])
            }
            try bytes.write(to: file)
            let error = #expect(throws: ScanError.self) { try Scan(contentsOf: file) }
            #expect(
                error?.description
                    == "\(file.path) has 2 pages of 30000 × 30000 pixels, but at most 1000 million values can be read, counting every channel; split it into smaller stacks."
            )
        }
    }

    @Test func errorTexts() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.tif")
            let path = file.relativePath
            func text(_ data: Data) throws -> String? {
                try data.write(to: file)
                return #expect(throws: TIFFError.self) {
                    let opened = try TIFFFile(file)
                    for page in 0..<opened.pageCount { _ = try opened.page(page) }
                }?.description
            }
            #expect(
                try text(Data("GIF89a".utf8))
                    == "\(path) is not a TIFF file despite its name; rename it to match its format, or save it as TIFF."
            )
            #expect(
                try text(TIFFSamples.cmyk)
                    == "\(path) is a kind of TIFF that is not supported: its colors are not gray, RGB, or a palette; save it as 8- or 16-bit gray or RGB."
            )
            let cut = try #require(try text(TIFFSamples.signed.prefix(60)))
            #expect(cut.hasPrefix("\(path) is damaged or cut off (libtiff: "))
            #expect(cut.hasSuffix("); copy or download it again."))
            try FileManager.default.removeItem(at: file)
            #expect(
                #expect(throws: TIFFError.self) { _ = try TIFFFile(file) }?.description
                    == "\(path) cannot be read (No such file or directory); check the path and your permissions."
            )
        }
    }

    /// However a file is cut or damaged, there is an error or there are pixels, never a crash. Everything that is cut off
    /// before the end of the pixels is an error.
    @Test(arguments: [
        TIFFSamples.bigEndianStack, TIFFSamples.rgbTiles, TIFFSamples.palette, TIFFSamples.bigTIFF,
        TIFFSamples.packBits,
    ])
    func damagedFilesNeverCrash(whole: Data) throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "x.tif")
            func read() throws {
                let opened = try TIFFFile(file)
                for page in 0..<opened.pageCount { _ = try opened.page(page).channels }
            }
            // The last four bytes may be the address of a next page, which libtiff does not miss.
            for count in stride(from: 0, to: whole.count - 4, by: max(1, whole.count / 60)) {
                try whole.prefix(count).write(to: file)
                #expect(throws: TIFFError.self) { try read() }
            }
            for position in stride(from: 4, to: min(whole.count, 260), by: 3) {
                var bytes = whole
                bytes[position] ^= 0x10
                try bytes.write(to: file)
                do { try read() } catch { #expect(error is TIFFError) }
            }
        }
    }

    private func page(_ data: Data) throws -> TIFFPage {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "picture.tif")
            try data.write(to: url)
            return try TIFFFile(url).page(0)
        }
    }

    private func open(_ data: Data, _ body: (borrowing TIFFFile) throws -> Void) throws {
        try withTemporaryDirectory { folder in
            let url = folder.appending(path: "picture.tif")
            try data.write(to: url)
            try body(TIFFFile(url))
        }
    }
}
