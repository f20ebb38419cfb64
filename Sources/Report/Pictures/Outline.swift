/// A mask enlarged to the pixels of a picture: its area and its outline.
struct Outline {
    private let width: Int
    private let height: Int
    /// The smooth mask at every pixel of the picture. The outline is where it equals one half.
    private let levels: [Float]

    init(of field: SmoothField, on raster: Raster) {
        width = raster.width
        height = raster.height
        var levels = [Float]()
        levels.reserveCapacity(width * height)
        for row in 0..<height {
            for column in 0..<width {
                levels.append(field.value(x: raster.x(column), y: raster.y(row)))
            }
        }
        self.levels = levels
    }

    /// Tints the area inside the outline.
    func fill(_ color: Color, opacity: Float, into canvas: inout Canvas) {
        forEachPixel { column, row, distance in
            canvas.blend(x: column, y: row, color, opacity: opacity * min(max(distance + 0.5, 0), 1))
        }
    }

    /// Draws the outline as a smooth line, `width` pixels wide.
    func stroke(_ color: Color, width: Float, into canvas: inout Canvas) {
        forEachPixel { column, row, distance in
            canvas.blend(x: column, y: row, color, opacity: min(width / 2 + 0.5 - abs(distance), 1))
        }
    }

    /// Calls `body` with each pixel near or inside the mask and its approximate distance in pixels from the outline
    /// (positive inside, negative outside). The distance is the level divided by its slope, exact to first order near
    /// the outline.
    private func forEachPixel(_ body: (_ column: Int, _ row: Int, _ distance: Float) -> Void) {
        for row in 0..<height {
            for column in 0..<width {
                let level = levels[column + row * width]
                guard level > 0 else { continue }
                let slopeX = self.level(column + 1, row) - self.level(column - 1, row)
                let slopeY = self.level(column, row + 1) - self.level(column, row - 1)
                let slope = 0.5 * (slopeX * slopeX + slopeY * slopeY).squareRoot()
                body(column, row, (level - 0.5) / max(slope, 1e-3))
            }
        }
    }

    private func level(_ column: Int, _ row: Int) -> Float {
        levels[min(max(column, 0), width - 1) + min(max(row, 0), height - 1) * width]
    }
}

/// A small grid of values between 0 and 1, interpolated with a quadratic B-spline.
///
/// It enlarges masks and glyphs: the line where the field is one half is the smooth outline of the pixels. A quadratic
/// B-spline is the smoothest of the usual kernels that still keeps a single pixel above one half (0.75² = 0.5625), so
/// nothing in a mask is missing from its picture.
struct SmoothField {
    private let width: Int
    private let height: Int
    private let values: [Float]

    /// Creates a field of `width` × `height` values, given by column and row. Outside its border it is 0.
    init(width: Int, height: Int, value: (_ column: Int, _ row: Int) -> Float) {
        self.width = width
        self.height = height
        var values = [Float]()
        values.reserveCapacity(width * height)
        for row in 0..<height {
            for column in 0..<width { values.append(value(column, row)) }
        }
        self.values = values
    }

    /// Returns the field at a point in grid coordinates; the center of the first value is (0, 0).
    func value(x: Float, y: Float) -> Float {
        let column = Int(x.rounded()), row = Int(y.rounded())
        let across = Self.weights(x - Float(column)), down = Self.weights(y - Float(row))
        var sum: Float = 0
        for j in -1...1 where row + j >= 0 && row + j < height {
            let start = (row + j) * width
            var line: Float = 0
            for i in -1...1 where column + i >= 0 && column + i < width {
                line += across[i + 1] * values[start + column + i]
            }
            sum += down[j + 1] * line
        }
        return sum
    }

    /// Returns the weights of the points at −1, 0, and 1 for a position `t` between −½ and ½.
    private static func weights(_ t: Float) -> SIMD3<Float> {
        SIMD3(0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t))
    }
}
