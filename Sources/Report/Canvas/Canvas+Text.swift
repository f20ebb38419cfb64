extension Canvas {
    /// Pixels along x that `text` takes at a size of `scale`.
    public static func width(of text: String, scale: Int = 2) -> Int {
        max(0, (text.count * BitmapFont.advance - 1) * scale)
    }

    /// Pixels along y that a line of text takes at a size of `scale`, descenders included.
    public static func lineHeight(scale: Int = 2) -> Int { BitmapFont.glyphHeight * scale }

    /// Writes one line of printable ASCII with its top left corner at (x, y). `scale` is the size of a dot of the
    /// font in pixels; capitals are seven dots high.
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
                // At a size of 1 the dots are the pixels; above, their outline is drawn smooth.
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
