import Foundation

/// A smooth random distortion of an image: displacements drawn on a coarse grid and interpolated in between.
///
/// Ronneberger, Fischer, Brox, "U-Net", MICCAI 2015, section 3.1: "random displacement vectors on a coarse 3 by 3
/// grid", Gaussian with a standard deviation of 10 pixels, "per-pixel displacements are then computed using bicubic
/// interpolation". The grid spans the image: its outermost points are the outermost pixels. Interpolation is the cubic
/// convolution of Keys (Catmull-Rom), because it passes through the drawn values, so that displacements have the
/// requested standard deviation; a B-spline would halve it in the middle of the grid. Beyond the outermost points the
/// grid continues linearly, so a field that is constant or linear on the grid is so everywhere. First derivatives are
/// continuous and second ones bounded.
///
/// Slopes grow with standard deviation ÷ grid spacing: 10 pixels on 572 give about 5%, but a 64-pixel image would fold
/// over itself; use less there.
public struct ElasticField: Sendable, Hashable {
    /// A displacement in pixels.
    public struct Displacement: Sendable, Hashable {
        /// Columns to the right.
        public var x: Double
        /// Rows down.
        public var y: Double

        /// Creates a displacement of `x` columns and `y` rows.
        public init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The size of the resulting image; depth 1.
    public let size: Extent
    /// Points of the grid along x, at least 2.
    public let columns: Int
    /// Points of the grid along y, at least 2.
    public let rows: Int
    /// The displacements at the grid's points, x fastest; `columns · rows` of them.
    public let displacements: [Displacement]

    /// Creates a field on an image of `size` with these displacements at the points of its grid, x fastest.
    public init(size: Extent, columns: Int = 3, rows: Int = 3, displacements: [Displacement]) {
        precondition(size.depth == 1, "slices have depth 1")
        precondition(columns >= 2 && rows >= 2, "a grid has a point on every edge")
        precondition(displacements.count == columns * rows, "a displacement for every point of the grid")
        precondition(displacements.allSatisfy { $0.x.isFinite && $0.y.isFinite }, "finite displacements")
        self.size = size
        self.columns = columns
        self.rows = rows
        self.displacements = displacements
    }

    /// Creates a field with displacements drawn from a Gaussian, x and y in turn, point by point.
    ///
    /// - Parameter standardDeviation: of each component, in pixels of the resulting image.
    public init(
        size: Extent, columns: Int = 3, rows: Int = 3, standardDeviation: Double = 10,
        using generator: inout some RandomNumberGenerator
    ) {
        precondition(standardDeviation >= 0 && standardDeviation.isFinite, "a finite standard deviation")
        let displacements = (0..<columns * rows).map { _ in
            // Box–Muller; 1 minus, because the logarithm of 0 is undefined.
            let radius =
                standardDeviation * (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
            let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &generator)
            return Displacement(radius * cos(angle), radius * sin(angle))
        }
        self.init(size: size, columns: columns, rows: rows, displacements: displacements)
    }

    /// Returns the displacement of the pixel in `column` and `row`.
    public func callAsFunction(_ column: Int, _ row: Int) -> Displacement {
        let across = Self.weights(position: column, of: size.width, points: columns)
        let down = Self.weights(position: row, of: size.height, points: rows)
        var sum = Displacement(0, 0)
        for (j, vertical) in down.enumerated() {
            for (i, horizontal) in across.enumerated() {
                sum.x += vertical * horizontal * displacements[j * columns + i].x
                sum.y += vertical * horizontal * displacements[j * columns + i].y
            }
        }
        return sum
    }

    /// Returns the weights at a pixel of `points` grid points, spread from the first to the last of `count` pixels.
    /// Their sum is 1.
    static func weights(position: Int, of count: Int, points: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: points)
        let place = count > 1 ? Double(position) * Double(points - 1) / Double(count - 1) : 0
        let first = min(Int(place), points - 2)
        let t = place - Double(first)
        // Cubic convolution with a = −1/2 (Keys 1981) for the four points around the place.
        let four = [
            ((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2,
            (t - 1) * t * t / 2,
        ]
        for (offset, weight) in four.enumerated() {
            switch first - 1 + offset {
            case -1:
                // A point before the first continues linearly: twice the first minus the second.
                weights[0] += 2 * weight
                weights[1] -= weight
            case points:
                weights[points - 1] += 2 * weight
                weights[points - 2] -= weight
            case let point: weights[point] += weight
            }
        }
        return weights
    }
}
