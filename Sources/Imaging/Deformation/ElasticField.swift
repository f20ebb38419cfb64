import Foundation

/// A smooth random distortion of an image: displacements drawn on a coarse grid and interpolated in between.
///
/// Ronneberger, Fischer, Brox, "U-Net", MICCAI 2015, section 3.1: "random displacement vectors on a coarse 3 by 3
/// grid", Gaussian with a standard deviation of 10 pixels, "per-pixel displacements are then computed using bicubic
/// interpolation". The grid spans the image: its outermost points are the outermost pixels. Interpolation is the
/// cubic convolution of Keys (Catmull-Rom), because it passes through what was drawn, so that displacements have
/// the standard deviation asked for; a B-spline would halve it in the middle of the grid. Beyond the outermost
/// points the grid goes on linearly, so a field that is constant or linear on the grid is so everywhere. First
/// derivatives are continuous and second ones bounded.
///
/// Slopes grow with standard deviation ÷ grid spacing: 10 pixels on 572 give some 5 %, but on 64 pixels the image
/// would fold over itself; draw less there.
public struct ElasticField: Sendable, Hashable {
    /// A displacement in pixels.
    public struct Displacement: Sendable, Hashable {
        /// Columns to the right.
        public var x: Double
        /// Rows down.
        public var y: Double

        /// A displacement of `x` columns and `y` rows.
        public init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Size of the image that is made; depth 1.
    public let size: Extent
    /// Points of the grid along x, at least 2.
    public let columns: Int
    /// Points of the grid along y, at least 2.
    public let rows: Int
    /// What was drawn at the grid's points, x fastest; `columns · rows` of them.
    public let displacements: [Displacement]

    /// A field on an image of `size` with these displacements at the points of its grid, x fastest.
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

    /// A field whose displacements are drawn from a Gaussian, x and y in turn, point by point.
    ///
    /// `standardDeviation`: of each component, in pixels of the image that is made.
    public init(
        size: Extent, columns: Int = 3, rows: Int = 3, standardDeviation: Double = 10,
        using generator: inout some RandomNumberGenerator
    ) {
        precondition(standardDeviation >= 0 && standardDeviation.isFinite, "a finite standard deviation")
        let displacements = (0..<columns * rows).map { _ in
            // Box and Muller; 1 minus, because the logarithm of 0 is none.
            let radius =
                standardDeviation * (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
            let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &generator)
            return Displacement(radius * cos(angle), radius * sin(angle))
        }
        self.init(size: size, columns: columns, rows: rows, displacements: displacements)
    }

    /// The displacement of the pixel in `column` and `row`.
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

    /// What each of `points` grid points, spread from the first of `count` pixels to the last, contributes at a
    /// pixel. Their sum is 1.
    static func weights(position: Int, of count: Int, points: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: points) { weights, initialized in
            fill(weights.baseAddress!, position: position, of: count, points: points)
            initialized = points
        }
    }

    /// Fills `weights` with the weights of `points` grid points at a pixel; allocates nothing.
    static func fill(
        _ weights: UnsafeMutablePointer<Double>, position: Int, of count: Int, points: Int
    ) {
        weights.initialize(repeating: 0, count: points)
        let place = count > 1 ? Double(position) * Double(points - 1) / Double(count - 1) : 0
        let first = min(Int(place), points - 2)
        let t = place - Double(first)
        // Cubic convolution with a = −1/2 (Keys 1981) for the four points around the place. A point before the first
        // goes on linearly: twice the first less the second.
        let before = ((2 - t) * t - 1) * t / 2
        if first == 0 {
            weights[0] += 2 * before
            weights[1] -= before
        } else {
            weights[first - 1] += before
        }
        weights[first] += ((3 * t - 5) * t * t + 2) / 2
        weights[first + 1] += ((4 - 3 * t) * t + 1) * t / 2
        let behind = (t - 1) * t * t / 2
        if first == points - 2 {
            weights[points - 1] += 2 * behind
            weights[points - 2] -= behind
        } else {
            weights[first + 2] += behind
        }
    }
}
