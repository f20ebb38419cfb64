/// An RGB picture to draw on. The origin is the top left pixel; x runs to the right, y downwards.
public struct Canvas: Sendable, Equatable {
    /// Pixels along x.
    public let width: Int
    /// Pixels along y.
    public let height: Int
    /// Red, green, blue of each pixel, row by row from the top: `3 * width * height` bytes.
    public private(set) var bytes: [UInt8]

    /// A picture of one color.
    public init(width: Int, height: Int, background: Color = .black) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: 3 * width * height)
        fill(x: 0, y: 0, width: width, height: height, background)
    }

    /// The color of a pixel, and a new one. The pixel must lie on the canvas.
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

    /// Lays `color` over a pixel with an opacity of 0 to 1. Pixels outside the canvas are left out.
    public mutating func blend(x: Int, y: Int, _ color: Color, opacity: Float) {
        guard x >= 0, x < width, y >= 0, y < height, opacity > 0 else { return }
        self[x, y] = self[x, y].mixed(with: color, opacity)
    }

    /// Fills a rectangle; what lies outside the canvas is left out.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) {
                self[column, row] = color
            }
        }
    }

    /// Copies `picture` so that its top left pixel lies at (x, y); what lies outside the canvas is left out.
    public mutating func paste(_ picture: Canvas, x: Int, y: Int) {
        for row in 0..<picture.height where row + y >= 0 && row + y < height {
            for column in 0..<picture.width where column + x >= 0 && column + x < width {
                self[column + x, row + y] = picture[column, row]
            }
        }
    }
}
