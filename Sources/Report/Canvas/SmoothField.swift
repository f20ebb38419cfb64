/// A small grid of values between 0 and 1, read between its points through a quadratic B-spline.
///
/// Masks and glyphs are enlarged through it: the line where the field is one half is the smooth outline of the
/// pixels. A quadratic B-spline is the smoothest of the usual kernels that still keeps a single pixel above one
/// half (0.75² = 0.5625), so nothing that is in a mask is missing from its picture.
struct SmoothField {
    private let width: Int
    private let height: Int
    private let values: [Float]

    /// The field of `width` × `height` values, given by column and row. Beyond its border it is 0.
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

    /// The field at a point in grid coordinates; the center of the first value is (0, 0).
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

    /// Weights of the points at −1, 0 and 1 for a position `t` between −½ and ½.
    private static func weights(_ t: Float) -> SIMD3<Float> {
        SIMD3(0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t))
    }
}
