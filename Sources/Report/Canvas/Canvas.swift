import Foundation
import Scans

/// An RGB picture to draw on. The origin is the top left pixel; x runs to the right, y downward.
public struct Canvas: Sendable, Equatable {
    /// Pixels along x.
    public let width: Int
    /// Pixels along y.
    public let height: Int
    /// Red, green, blue of each pixel, row by row from the top: `3 * width * height` bytes.
    public private(set) var bytes: [UInt8]

    /// Creates a picture of one color.
    public init(width: Int, height: Int, background: Color = .black) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: 3 * width * height)
        fill(x: 0, y: 0, width: width, height: height, background)
    }

    /// The color of a pixel, which must lie on the canvas.
    public subscript(x: Int, y: Int) -> Color {
        get {
            let offset = 3 * (x + width * y)
            return Color(bytes[offset], bytes[offset + 1], bytes[offset + 2])
        }
        set {
            let offset = 3 * (x + width * y)
            bytes[offset] = newValue.red
            bytes[offset + 1] = newValue.green
            bytes[offset + 2] = newValue.blue
        }
    }

    /// Blends `color` over a pixel with an opacity from 0 to 1. Pixels outside the canvas are ignored.
    public mutating func blend(x: Int, y: Int, _ color: Color, opacity: Float) {
        guard x >= 0, x < width, y >= 0, y < height, opacity > 0 else { return }
        self[x, y] = self[x, y].mixed(with: color, opacity)
    }

    /// Fills a rectangle, clipped to the canvas.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) {
                self[column, row] = color
            }
        }
    }

    /// Copies `picture` with its top left pixel at (x, y), clipped to the canvas.
    public mutating func paste(_ picture: Canvas, x: Int, y: Int) {
        for row in 0..<picture.height where row + y >= 0 && row + y < height {
            for column in 0..<picture.width where column + x >= 0 && column + x < width {
                self[column + x, row + y] = picture[column, row]
            }
        }
    }
}

extension Canvas {
    /// Returns the width of `text` in pixels at a size of `scale`.
    public static func width(of text: String, scale: Int = 2) -> Int {
        max(0, (text.count * BitmapFont.advance - 1) * scale)
    }

    /// Returns the height of a line of text in pixels at a size of `scale`, including descenders.
    public static func lineHeight(scale: Int = 2) -> Int { BitmapFont.glyphHeight * scale }

    /// Writes a line of printable ASCII with its top left corner at (x, y). `scale` is the size of a dot of the font in
    /// pixels; capitals are seven dots high.
    public mutating func write(_ text: String, x: Int, y: Int, scale: Int = 2, _ color: Color = .white) {
        for (position, character) in text.enumerated() where character != " " {
            let left = x + position * BitmapFont.advance * scale
            write(character, x: left, y: y, scale: scale, color)
        }
    }

    private mutating func write(_ character: Character, x: Int, y: Int, scale: Int, _ color: Color) {
        let field = SmoothField(width: BitmapFont.glyphWidth, height: BitmapFont.glyphHeight) { column, row in
            BitmapFont.hasInk(character, column: column, row: row) ? 1 : 0
        }
        let dot = Float(scale)
        for row in -scale / 2..<(BitmapFont.glyphHeight + 1) * scale {
            for column in -scale / 2..<(BitmapFont.glyphWidth + 1) * scale {
                // At a size of 1, dots are pixels; at larger sizes, their outline is smoothed.
                let level =
                    scale == 1
                    ? (BitmapFont.hasInk(character, column: column, row: row) ? 1 : 0)
                    : field.value(x: (Float(column) + 0.5) / dot - 0.5, y: (Float(row) + 0.5) / dot - 0.5)
                let opacity = scale == 1 ? level : (level - 0.42) * dot + 0.5
                blend(x: x + column, y: y + row, color, opacity: min(opacity, 1))
            }
        }
    }
}

extension Canvas {
    private static func swatch(_ scale: Int) -> Int { 7 * scale }
    private static func gap(_ scale: Int) -> Int { 4 * scale }

    /// Returns the width of a legend of `names` in pixels.
    public static func legendWidth(_ names: [String], scale: Int = 2) -> Int {
        names.map { swatch(scale) + gap(scale) + width(of: $0, scale: scale) + 3 * gap(scale) }.reduce(0, +)
    }

    /// Draws a line of color patches with names, from (x, y) to the right.
    public mutating func drawLegend(
        _ entries: [(name: String, color: Color)], x: Int, y: Int, scale: Int = 2, _ text: Color = .white
    ) {
        var left = x
        let swatch = Self.swatch(scale)
        for entry in entries {
            fill(x: left, y: y, width: swatch, height: swatch, entry.color)
            write(entry.name, x: left + swatch + Self.gap(scale), y: y, scale: scale, text)
            left += Self.legendWidth([entry.name], scale: scale)
        }
    }
}

extension Canvas {
    /// The picture as 8-bit RGB.
    public var image: PNGImage { PNGImage(width: width, height: height, format: .rgb, bytes: bytes) }

    /// Writes the picture as a PNG file, atomically.
    ///
    /// - Throws: `PNGError` if the file cannot be written.
    public func write(to file: URL) throws(PNGError) { try image.write(to: file) }
}
