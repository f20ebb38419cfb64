import Imaging

/// The positions of a picture's pixels on a slice.
struct Raster {
    let width: Int
    let height: Int
    private let region: SliceRegion
    /// The height beyond which a picture no longer keeps the proportions; only a wrong header requires more.
    private static let maximumHeight = 16_384

    /// Creates the raster of a picture of `region` in which pixels of the scan are `scale` pixels wide and as high as
    /// their spacing requires.
    init(region: SliceRegion, spacing: Spacing, scale: Double) {
        precondition(scale > 0, "a picture has a size")
        self.region = region
        width = max(1, Int((Double(region.width) * scale).rounded()))
        let rows = (Double(region.height) * scale * spacing.y / spacing.x).rounded()
        let limit = max(Self.maximumHeight, region.height)
        height = rows < Double(limit) ? max(1, Int(rows)) : limit
    }

    /// Returns the position on the slice of the center of a picture column; the center of the first voxel is 0.
    func x(_ column: Int) -> Float {
        Float(region.x) + (Float(column) + 0.5) * Float(region.width) / Float(width) - 0.5
    }

    /// Returns the position on the slice of the center of a picture row.
    func y(_ row: Int) -> Float {
        Float(region.y) + (Float(row) + 0.5) * Float(region.height) / Float(height) - 0.5
    }
}

/// A slice interpolated between its pixels by cubic convolution.
///
/// The kernel with a = −½, from R. Keys, "Cubic convolution interpolation for digital image processing", IEEE
/// Transactions on Acoustics, Speech, and Signal Processing 29(6), 1981. It passes through the pixels' values.
struct CubicEnlargement {
    private let values: [Float]
    private let width: Int
    private let height: Int

    /// Creates an enlargement of `width` × `height` values, row by row.
    init(values: [Float], width: Int, height: Int) {
        precondition(values.count == width * height, "as many values as the slice has pixels")
        self.values = values
        self.width = width
        self.height = height
    }

    /// Returns the value at a point; the center of the first pixel is (0, 0). Outside the border, the edge pixel is
    /// repeated.
    func value(x: Float, y: Float) -> Float {
        let column = Int(x.rounded(.down)), row = Int(y.rounded(.down))
        let across = Self.weights(x - Float(column)), down = Self.weights(y - Float(row))
        var sum: Float = 0
        for j in 0..<4 {
            let start = min(max(row + j - 1, 0), height - 1) * width
            var line: Float = 0
            for i in 0..<4 { line += across[i] * values[start + min(max(column + i - 1, 0), width - 1)] }
            sum += down[j] * line
        }
        return sum
    }

    /// Returns the weights of the pixels at −1, 0, 1, and 2 for a position `t` between 0 and 1.
    private static func weights(_ t: Float) -> SIMD4<Float> {
        let t2 = t * t
        let t3 = t2 * t
        return 0.5 * SIMD4(2 * t2 - t - t3, 2 - 5 * t2 + 3 * t3, t + 4 * t2 - 3 * t3, t3 - t2)
    }
}
