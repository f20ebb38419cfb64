import Datasets
import Foundation
import Imaging
import Scans

/// Small pictures on disk for tests, all 4 × 3.
enum Picture {
    /// Random gray, or colors.
    static func write(_ file: URL, seed: UInt64 = 1, format: PNGImage.Format = .gray) throws {
        try makeFolder(of: file)
        var generator = SeededGenerator(seed: seed)
        let samples = (0..<12 * format.channels).map { _ in UInt8(generator.index(below: 256)) }
        try PNGImage(width: 4, height: 3, format: format, bytes: samples).write(to: file)
    }

    /// A mask, whose values run through `values`.
    static func writeLabels(_ file: URL, _ values: [UInt8], width: Int = 4, height: Int = 3) throws {
        try makeFolder(of: file)
        let samples = (0..<width * height).map { values[$0 % values.count] }
        try PNGImage(width: width, height: height, format: .gray, bytes: samples).write(to: file)
    }

    /// A TIFF file of 16 bits, whose values run through `values`, page after page.
    static func writeStack(_ file: URL, _ values: [UInt16], pages: Int = 1) throws {
        try makeFolder(of: file)
        let samples = (0..<12 * pages).map { values[$0 % values.count] }
        try TIFFFile.write(samples, extent: Extent(width: 4, height: 3, depth: pages), to: file)
    }

    /// As `writeStack`, but the first page has 8 bits: the low and high bytes of its first six values.
    static func writeMixedStack(_ file: URL, _ values: [UInt16], pages: Int) throws {
        try writeStack(file, values, pages: pages)
        var bytes = try Data(contentsOf: file)
        // Entries 2 and 8 of the first directory: bits of a sample, and bytes of the page.
        bytes[8 + 2 + 2 * 12 + 8] = 8
        bytes[8 + 2 + 8 * 12 + 8] = 12
        try bytes.write(to: file)
    }

    private static func makeFolder(of file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    }
}

extension Dataset {
    /// What `issues` say.
    var sentences: [String] { issues.map(\.description) }
}
