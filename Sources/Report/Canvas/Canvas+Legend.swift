extension Canvas {
    private static func swatch(_ scale: Int) -> Int { 7 * scale }
    private static func gap(_ scale: Int) -> Int { 4 * scale }

    /// Pixels along x that a legend of `names` takes.
    public static func legendWidth(_ names: [String], scale: Int = 2) -> Int {
        names.map { swatch(scale) + gap(scale) + width(of: $0, scale: scale) + 3 * gap(scale) }.reduce(0, +)
    }

    /// Draws a line of color patches, each with its name, from (x, y) to the right.
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
