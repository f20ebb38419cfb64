/// An opaque color, 8 bits a channel, sRGB.
public struct Color: Sendable, Hashable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// The color of these channels, 0 to 255 each.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// White.
    public static let white = Color(255, 255, 255)
    /// Black.
    public static let black = Color(0, 0, 0)

    /// A gray of this level, 0 black to 255 white.
    public static func grey(_ level: UInt8) -> Color { Color(level, level, level) }

    /// This color moved towards `other` by `amount`, 0 (this color) to 1 (`other`).
    public func mixed(with other: Color, _ amount: Float) -> Color {
        Color(
            Self.mix(red, other.red, amount), Self.mix(green, other.green, amount),
            Self.mix(blue, other.blue, amount))
    }

    /// The color as CSS and SVG write it, such as `#D55E00`.
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
