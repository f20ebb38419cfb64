import Imaging

/// An opaque sRGB color with 8 bits per channel.
public struct Color: Sendable, Hashable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// Creates a color from its channels, 0 to 255 each.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// White.
    public static let white = Color(255, 255, 255)
    /// Black.
    public static let black = Color(0, 0, 0)

    /// Returns a gray of `level`, from 0 (black) to 255 (white).
    public static func gray(_ level: UInt8) -> Color { Color(level, level, level) }

    /// Returns this color mixed with `other` by `amount`, from 0 (this color) to 1 (`other`).
    public func mixed(with other: Color, _ amount: Float) -> Color {
        Color(
            Self.mix(red, other.red, amount), Self.mix(green, other.green, amount),
            Self.mix(blue, other.blue, amount))
    }

    /// The color in CSS and SVG notation, such as `#D55E00`.
    public var hex: String {
        "#"
            + [red, green, blue].map { channel in
                let digits = String(channel, radix: 16, uppercase: true)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    static func mix(_ from: UInt8, _ to: UInt8, _ amount: Float) -> UInt8 {
        let share = min(max(amount, 0), 1)
        return UInt8((Float(from) + (Float(to) - Float(from)) * share).rounded())
    }
}

/// Colors that people with any kind of color vision can tell apart.
///
/// From M. Okabe and K. Ito, "Color Universal Design" (2008), ordered so that the first three stand out both on a gray
/// scan and on white paper.
public enum Palette {
    /// The colors, in the order in which they are assigned.
    public static let colors: [Color] = [
        Color(86, 180, 233), Color(0, 158, 115), Color(213, 94, 0), Color(240, 228, 66), Color(204, 121, 167),
        Color(0, 114, 178), Color(230, 159, 0),
    ]

    /// Returns the color at `index`, counted from 0; indices beyond the list wrap around.
    public static func color(_ index: Int) -> Color { colors[index % colors.count] }

    /// Returns the colors of `structures`, assigned in order and keyed by label.
    public static func colors(for structures: [Structure]) -> [UInt8: Color] {
        Dictionary(
            structures.enumerated().map { ($0.element.label, color($0.offset)) },
            uniquingKeysWith: { first, _ in first })
    }
}
