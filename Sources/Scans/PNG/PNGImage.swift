import Files
import Foundation
import Imaging

/// A PNG picture as stored in its file: samples are not scaled, and those of a palette picture are indices.
///
/// Masks of classes 0, 1, 2, 3 therefore read as 0, 1, 2, 3, whether they were saved as gray or with a palette.
public struct PNGImage: Sendable, Equatable {
    /// The meaning of a pixel's samples.
    public enum Format: Sendable, Hashable {
        /// One sample: brightness.
        case gray
        /// Two samples: brightness, opacity.
        case grayAlpha
        /// Three samples: red, green, blue.
        case rgb
        /// Four samples: red, green, blue, opacity.
        case rgba
        /// One sample, an index into these 1 to 256 colors.
        case palette([RGB])

        /// Samples per pixel.
        public var channels: Int {
            switch self {
            case .gray, .palette: 1
            case .grayAlpha: 2
            case .rgb: 3
            case .rgba: 4
            }
        }
    }

    /// A color of 8 bits per channel.
    public struct RGB: Sendable, Hashable {
        /// Red, 0 to 255.
        public var red: UInt8
        /// Green, 0 to 255.
        public var green: UInt8
        /// Blue, 0 to 255.
        public var blue: UInt8

        /// Creates a color from its channels, 0 to 255.
        public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The meaning of a pixel's samples.
    public let format: Format
    /// Bits per sample: 1, 2, 4, 8 or 16. Below 8 only for gray and palettes.
    public let bitDepth: Int
    /// Samples, interleaved, x fastest, row 0 at the top; `width · height · format.channels` of them.
    public let samples: [UInt16]

    /// Creates a picture of these samples, each less than 2 to the power `bitDepth`.
    public init(width: Int, height: Int, format: Format, bitDepth: Int = 8, samples: [UInt16]) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(samples.count == width * height * format.channels, "as many samples as the picture has")
        switch format {
        case .gray: precondition([1, 2, 4, 8, 16].contains(bitDepth), "gray has 1, 2, 4, 8 or 16 bits")
        case .palette(let colors):
            precondition([1, 2, 4, 8].contains(bitDepth), "palette indices have 1, 2, 4 or 8 bits")
            precondition(
                (1...(1 << bitDepth)).contains(colors.count), "a palette has a color for every index")
            precondition(samples.allSatisfy { $0 < colors.count }, "every index is in the palette")
        case .grayAlpha, .rgb, .rgba: precondition([8, 16].contains(bitDepth), "colors have 8 or 16 bits")
        }
        precondition(samples.allSatisfy { Int($0) < 1 << bitDepth }, "samples fit their number of bits")
        self.init(unchecked: width, height, format, bitDepth, samples)
    }

    /// Creates an 8-bit picture of these samples.
    public init(width: Int, height: Int, format: Format, bytes: [UInt8]) {
        self.init(
            width: width, height: height, format: format, bitDepth: 8, samples: bytes.map { UInt16($0) })
    }

    init(unchecked width: Int, _ height: Int, _ format: Format, _ bitDepth: Int, _ samples: [UInt16]) {
        self.width = width
        self.height = height
        self.format = format
        self.bitDepth = bitDepth
        self.samples = samples
    }

    /// The largest value a sample can have: 255 for 8 bits.
    public var maximum: Int { (1 << bitDepth) - 1 }

    /// Brightness of every pixel from 0 to `maximum`, row 0 first; opacity is ignored and palette colors are
    /// looked up (0 to 255).
    ///
    /// Colors are weighted by ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue.
    public var intensities: [Float] {
        func brightness(_ red: Float, _ green: Float, _ blue: Float) -> Float {
            0.299 * red + 0.587 * green + 0.114 * blue
        }
        switch format {
        case .gray: return samples.map { Float($0) }
        case .palette(let colors):
            let table = colors.map { brightness(Float($0.red), Float($0.green), Float($0.blue)) }
            // A file can use an index without a color; viewers show black.
            return samples.map { Int($0) < table.count ? table[Int($0)] : 0 }
        case .grayAlpha: return stride(from: 0, to: samples.count, by: 2).map { Float(samples[$0]) }
        case .rgb, .rgba:
            return stride(from: 0, to: samples.count, by: format.channels).map {
                brightness(Float(samples[$0]), Float(samples[$0 + 1]), Float(samples[$0 + 2]))
            }
        }
    }
}

extension PNGImage {
    /// Intensities, row 0 first: one channel for gray and palette pictures (see `intensities`), or red, green and blue,
    /// each from 0 to `maximum`. Opacity is left out.
    public var channels: [[Float]] {
        switch format {
        case .gray, .grayAlpha, .palette: [intensities]
        case .rgb, .rgba:
            (0..<3).map { channel in
                [Float](unsafeUninitializedCapacity: width * height) { output, count in
                    let step = format.channels
                    for pixel in 0..<width * height {
                        output.initializeElement(at: pixel, to: Float(samples[pixel * step + channel]))
                    }
                    count = width * height
                }
            }
        }
    }

    /// The values of a label picture, row 0 first: gray levels or palette indices as stored. For a color picture with
    /// equal red, green and blue, that value; nil if they differ.
    public var labelValues: [UInt16]? {
        let step = format.channels
        switch format {
        case .gray, .palette: return samples
        case .grayAlpha: return stride(from: 0, to: samples.count, by: step).map { samples[$0] }
        case .rgb, .rgba:
            var values = [UInt16](repeating: 0, count: width * height)
            for pixel in values.indices {
                let value = samples[pixel * step]
                guard samples[pixel * step + 1] == value, samples[pixel * step + 2] == value else {
                    return nil
                }
                values[pixel] = value
            }
            return values
        }
    }

    /// Creates an 8-bit gray picture of a label map of one slice: the samples are its labels.
    public init(labels map: LabelMap) {
        precondition(map.geometry.depth == 1, "a picture has one slice")
        self.init(width: map.geometry.width, height: map.geometry.height, format: .gray, bytes: map.labels)
    }
}

/// An error in reading or writing a PNG file.
public enum PNGError: Error, Sendable, Hashable {
    /// The file could not be read or written.
    case file(FileError)
    /// The file does not begin like a PNG.
    case notPNG(path: String)
    /// The file ends before its picture does.
    case truncated(path: String)
    /// The file is damaged; `reason` is libpng's.
    case corrupt(path: String, reason: String)
    /// The header gives a width or height of 0.
    case noPixels(path: String, width: Int, height: Int)
    /// The header claims more pixels than `Limits.values` allows.
    case tooLarge(path: String, width: Int, height: Int)
    /// There is not enough memory for the picture.
    case noMemory(path: String)
}

extension PNGError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .file(let error):
            "\(error.path) \(error.reason)."
        case .notPNG(let path):
            "\(path) is not a PNG file despite its name; rename it to match its format, or save it as PNG."
        case .truncated(let path):
            "\(path) ends before its picture is complete; copy or download it again."
        case .corrupt(let path, let reason):
            "\(path) is damaged (libpng: \(reason)); copy or download it again."
        case .noPixels(let path, let width, let height):
            "\(path) contains no picture: its header says \(width) × \(height) pixels; export it again."
        case .tooLarge(let path, let width, let height):
            "\(path) claims to have \(width) × \(height) pixels, but at most \(Limits.values / 1_000_000) million values "
                + "can be read, counting every channel; split it into smaller pictures."
        case .noMemory(let path):
            "\(path) does not fit in memory; close other programs or use smaller pictures."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
