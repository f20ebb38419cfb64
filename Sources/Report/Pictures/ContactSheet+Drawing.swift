extension ContactSheet {
    private static let margin = 16
    private static let gap = 4
    private static let background = Color.grey(24)
    private static let text = Color.grey(235)
    private static let dim = Color.grey(160)

    /// The sheet as a picture: title, captions, pictures, and a legend of the structures.
    public func picture() -> Canvas {
        let cells = rows.map { row in
            let scale = Double(cellWidth) / Double(row.overlay.region.width)
            return slices.map { row.overlay.picture(slice: $0, scale: scale) }
        }
        let cellHeight = cells.flatMap { $0 }.map(\.height).max() ?? 0
        let line = Canvas.lineHeight()
        let captions = rows.map { Canvas.width(of: $0.caption) }.max() ?? 0
        let left = Self.margin + captions + Self.margin
        let top = Self.margin + 2 * line + line + Self.margin / 2
        let bottom = top + rows.count * (cellHeight + Self.gap)
        let width =
            max(
                left + slices.count * (cellWidth + Self.gap),
                Self.margin + Canvas.width(of: title), left + legendWidth) + Self.margin
        var canvas = Canvas(
            width: width, height: bottom + line + 2 * Self.margin, background: Self.background)

        canvas.write(title, x: Self.margin, y: Self.margin, Self.text)
        for (column, slice) in slices.enumerated() {
            let caption = "slice \(slice + 1)"
            let x = left + column * (cellWidth + Self.gap) + (cellWidth - Canvas.width(of: caption)) / 2
            canvas.write(caption, x: x, y: top - line - Self.margin / 4, Self.dim)
        }
        for (index, row) in rows.enumerated() {
            let y = top + index * (cellHeight + Self.gap)
            canvas.write(row.caption, x: Self.margin, y: y + (cellHeight - line) / 2, Self.text)
            for (column, cell) in cells[index].enumerated() {
                canvas.paste(cell, x: left + column * (cellWidth + Self.gap), y: y)
            }
        }
        drawLegend(x: left, y: bottom + Self.margin, into: &canvas)
        return canvas
    }

    private func drawLegend(x: Int, y: Int, into canvas: inout Canvas) {
        guard let overlay = rows.last?.overlay else { return }
        canvas.drawLegend(
            overlay.structures.map { ($0.name, overlay.colors[$0.label] ?? Self.text) }, x: x, y: y, Self.text
        )
    }

    private var legendWidth: Int { Canvas.legendWidth(rows.last?.overlay.structures.map(\.name) ?? []) }
}
