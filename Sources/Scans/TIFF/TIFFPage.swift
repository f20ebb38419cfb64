import Foundation
import Imaging

/// One page of a TIFF file as stored: samples are not scaled, and a palette's are indices.
public struct TIFFPage: Sendable, Equatable {
    /// The meaning of a pixel's samples.
    public enum Format: Sendable, Hashable {
        /// Brightness; with `whiteIsZero` larger numbers are darker.
        case gray(whiteIsZero: Bool)
        /// Red, green, blue.
        case rgb
        /// An index into colors with these brightnesses (0 to 255, ITU-R BT.601).
        case palette([Float])

        /// Samples per pixel that are shown; others are opacity and the like.
        var channels: Int { self == .rgb ? 3 : 1 }
    }

    /// The stored type of a sample.
    public enum SampleType: String, Sendable, Hashable {
        case uint1, uint2, uint4, uint8, uint16, uint32, int8, int16, int32, float32, float64

        /// The largest value of an unsigned type; nil for others.
        var maximum: Float? {
            switch self {
            case .uint1: 1
            case .uint2: 3
            case .uint4: 15
            case .uint8: 255
            case .uint16: 65535
            default: nil
            }
        }
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The meaning of a pixel's samples.
    public let format: Format
    /// The stored type of a sample.
    public let sampleType: SampleType
    /// Samples per pixel, including opacity and other extra ones.
    public let samplesPerPixel: Int
    /// Samples, interleaved, x fastest, row 0 at the top.
    public let samples: [Float]

    /// Whether pixels have samples that are not shown, such as opacity.
    public var hasExtraSamples: Bool { samplesPerPixel > format.channels }

    /// Intensities, row 0 first: one channel (brightness, larger is brighter) or red, green and blue. Samples of
    /// opacity and the like are left out.
    public var channels: [[Float]] {
        switch format {
        case .gray(let whiteIsZero):
            let values = samplesPerPixel == 1 ? samples : channel(0)
            guard whiteIsZero, let maximum = sampleType.maximum else { return [values] }
            return [values.map { maximum - $0 }]
        case .palette(let brightness):
            return [channel(0).map { Int($0) < brightness.count ? brightness[Int($0)] : 0 }]
        case .rgb:
            return (0..<3).map(channel)
        }
    }

    /// The values of a label picture as stored, row 0 first: gray levels or palette indices. For a color picture with
    /// equal red, green and blue, that value; nil if they differ.
    public var labelValues: [Float]? {
        let values = channel(0)
        guard format == .rgb else { return values }
        return channel(1) == values && channel(2) == values ? values : nil
    }

    private func channel(_ number: Int) -> [Float] {
        guard samplesPerPixel > 1 else { return samples }
        return [Float](unsafeUninitializedCapacity: width * height) { output, count in
            for pixel in 0..<width * height {
                output.initializeElement(at: pixel, to: samples[pixel * samplesPerPixel + number])
            }
            count = width * height
        }
    }
}

extension TIFFPage {
    /// Reads one page of the file `url`, from 0, or all of them, which must have one size and the same number of
    /// channels.
    ///
    /// - Parameter offset: the offset of the page in the file, if it is known: it is then found at once.
    /// - Throws: `ScanError.tiff`, and `mixedPages`.
    static func read(_ url: URL, page: Int?, at offset: UInt64? = nil) throws(ScanError) -> [TIFFPage] {
        guard let page else { return try all(of: url) }
        do throws(TIFFError) {
            return [try TIFFFile.open(url, page: page, at: offset).page(offset == nil ? page : 0)]
        } catch {
            throw .tiff(error)
        }
    }

    private static func all(of url: URL) throws(ScanError) -> [TIFFPage] {
        let path = url.relativePath
        var pages: [TIFFPage] = []
        var odd: TIFFPage?
        do throws(TIFFError) {
            let file = try TIFFFile(url)
            let first = try file.describe(0)
            guard Limits.allows([first.width, first.height, first.samplesPerPixel, file.pageCount]) else {
                throw .stackTooLarge(
                    path: path, width: first.width, height: first.height, pages: file.pageCount)
            }
            for number in 0..<file.pageCount {
                let page = try file.page(number)
                guard number == 0 || page.size == pages[0].size else {
                    odd = page
                    break
                }
                pages.append(page)
            }
        } catch {
            throw .tiff(error)
        }
        if let odd {
            throw .mixedPages(path: path, page: pages.count, expected: pages[0].size, found: odd.size)
        }
        return pages
    }

    /// Columns, rows, channels.
    private var size: [Int] { [width, height, format.channels] }
}
