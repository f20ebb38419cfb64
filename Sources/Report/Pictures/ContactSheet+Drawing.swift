import Imaging

extension ContactSheet {
    private static let margin = 16
    private static let gap = 4
    private static let background = Color.gray(24)
    private static let text = Color.gray(235)
    private static let dim = Color.gray(160)

    /// Returns the sheet as a picture: title, captions, pictures, and a legend of the structures.
    public func picture() -> Canvas {
        let scales = rows.map { scale(of: $0.overlay) }
        let cellHeight =
            zip(rows, scales).map { $0.overlay.raster(scale: $1).height }.max() ?? 0
        let line = Canvas.lineHeight()
        let captions = rows.map { Canvas.width(of: $0.caption) }.max() ?? 0
        let left = Self.margin + (captions > 0 ? captions + Self.margin : 0)
        // A band is a line of slices: their captions above the rows.
        let header = line + Self.margin / 4
        let band = header + rows.count * (cellHeight + Self.gap)
        let bands = (slices.count + columns - 1) / columns
        let top = Self.margin + 2 * line + Self.margin / 4
        let bottom = top + bands * (band + Self.gap) - Self.gap
        let width =
            max(
                left + min(columns, slices.count) * (cellWidth + Self.gap),
                Self.margin + Canvas.width(of: title), left + legendWidth) + Self.margin
        var canvas = Canvas(
            width: width, height: bottom + line + 2 * Self.margin, background: Self.background)

        canvas.write(title, x: Self.margin, y: Self.margin, Self.text)
        for (number, slice) in slices.enumerated() {
            let x = left + number % columns * (cellWidth + Self.gap)
            let y = top + number / columns * (band + Self.gap)
            let caption = caption(of: slice)
            canvas.write(caption, x: x + (cellWidth - Canvas.width(of: caption)) / 2, y: y, Self.dim)
            for (index, (row, scale)) in zip(rows, scales).enumerated() {
                canvas.paste(
                    row.overlay.picture(slice: slice, scale: scale), x: x,
                    y: y + header + index * (cellHeight + Self.gap))
            }
        }
        for band in (0..<bands).map({ top + $0 * (band + Self.gap) + header }) {
            for (index, row) in rows.enumerated() {
                let y = band + index * (cellHeight + Self.gap)
                canvas.write(row.caption, x: Self.margin, y: y + (cellHeight - line) / 2, Self.text)
            }
        }
        drawLegend(x: left, y: bottom + Self.margin, into: &canvas)
        return canvas
    }

    /// Returns the scale at which slices fill the width of their cells, limited in height for headers with absurd
    /// spacings.
    private func scale(of overlay: Overlay) -> Double {
        let (region, spacing) = (overlay.region, overlay.volume.geometry.spacing)
        let height = Double(region.height) * spacing.y / spacing.x
        let scale = min(Double(cellWidth) / Double(region.width), Double(4 * cellWidth) / height)
        return max(scale, .leastNormalMagnitude)
    }

    /// Returns the caption of a slice, counted from 1, shortened if the cell is narrow.
    private func caption(of slice: Int) -> String {
        let isShort = Canvas.width(of: "slice \(slices.max()! + 1)") > cellWidth
        return isShort ? "\(slice + 1)" : "slice \(slice + 1)"
    }

    private func drawLegend(x: Int, y: Int, into canvas: inout Canvas) {
        guard let overlay = rows.last?.overlay else { return }
        canvas.drawLegend(
            overlay.structures.map { ($0.name, overlay.colors[$0.label] ?? Self.text) }, x: x, y: y, Self.text
        )
    }

    private var legendWidth: Int { Canvas.legendWidth(rows.last?.overlay.structures.map(\.name) ?? []) }
}

extension ContactSheet {
    /// Returns a sheet of every slice of `volume`, in stored order, with the contours of `prediction`, cropped to the
    /// heart. Slices without a label are included, so that a missed base or apex is visible.
    ///
    /// Up to six slices lie side by side, 260 pixels wide, or at their own width if it is larger and there is room.
    /// With more than 36 slices, more and smaller ones lie side by side.
    ///
    /// - Throws: `PictureError.gridsDiffer` if the prediction lies on a different grid than the volume.
    public static func contours(
        title: String, of volume: Volume, prediction: LabelMap, structures: [Structure]
    ) throws(PictureError) -> ContactSheet {
        let region = try SliceRegion(around: [prediction], on: volume.geometry)
        let overlay = try Overlay(
            of: volume, layers: [OverlayLayer(prediction, style: .contour())], structures: structures,
            region: region)
        let depth = volume.geometry.depth
        let columns = columns(for: depth)
        return try ContactSheet(
            title: depth == 1 ? title : "\(title): all \(depth) slices", rows: [Row("", overlay)],
            slices: Array(0..<depth), columns: columns,
            cellWidth: cellWidth(columns: columns, pixels: region.width))
    }

    /// Returns the number of slices side by side: up to six, in lines of about the same length, or as many as make a
    /// square if there would be more than six lines.
    private static func columns(for count: Int) -> Int {
        let most = max(6, Int(Double(count).squareRoot().rounded(.up)))
        let lines = (count + most - 1) / most
        return (count + lines - 1) / lines
    }

    /// Returns the width of slices that have `pixels` columns of their own.
    private static func cellWidth(columns: Int, pixels: Int) -> Int {
        let room = 1560 / columns
        // A sheet of thousands of slices must remain a picture that can be opened.
        return columns <= 6 ? max(260, min(pixels, room)) : min(max(96, room), max(1, 8192 / columns))
    }
}
