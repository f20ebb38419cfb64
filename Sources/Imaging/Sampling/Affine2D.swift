import Foundation

/// A map of the plane: where in the source slice the value of each target pixel is found.
///
/// `sourceX = xx · x + xy · y + x0` and `sourceY = yx · x + yy · y + y0`, in pixels, pixel centers at whole
/// numbers. A map that doubles (`xx = yy = 2`) therefore shrinks the picture.
public struct Affine2D: Sendable, Hashable {
    /// Source columns per target column.
    public var xx: Double
    /// Source columns per target row.
    public var xy: Double
    /// Source column of the target's pixel (0, 0).
    public var x0: Double
    /// Source rows per target column.
    public var yx: Double
    /// Source rows per target row.
    public var yy: Double
    /// Source row of the target's pixel (0, 0).
    public var y0: Double

    /// The map with these coefficients, row by row.
    public init(xx: Double, xy: Double, x0: Double, yx: Double, yy: Double, y0: Double) {
        self.xx = xx
        self.xy = xy
        self.x0 = x0
        self.yx = yx
        self.yy = yy
        self.y0 = y0
    }

    /// The map that changes nothing.
    public static let identity = Affine2D(xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0)

    /// A shift by `x` columns and `y` rows.
    public static func translation(_ x: Double, _ y: Double) -> Affine2D {
        Affine2D(xx: 1, xy: 0, x0: x, yx: 0, yy: 1, y0: y)
    }

    /// A scaling of x and y about the point (0, 0); negative factors mirror.
    public static func scale(_ x: Double, _ y: Double) -> Affine2D {
        Affine2D(xx: x, xy: 0, x0: 0, yx: 0, yy: y, y0: 0)
    }

    /// A rotation about the point (0, 0) that turns the x axis towards the y axis.
    public static func rotation(radians: Double) -> Affine2D {
        let (sine, cosine) = (sin(radians), cos(radians))
        return Affine2D(xx: cosine, xy: -sine, x0: 0, yx: sine, yy: cosine, y0: 0)
    }

    /// A shear about the point (0, 0): `x` columns to the right per row, and `y` rows down per column.
    public static func shear(_ x: Double, _ y: Double) -> Affine2D {
        Affine2D(xx: 1, xy: x, x0: 0, yx: y, yy: 1, y0: 0)
    }

    /// The map that does this one first and `next` after it.
    public func then(_ next: Affine2D) -> Affine2D {
        let start = next(x0, y0)
        return Affine2D(
            xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy, x0: start.x,
            yx: next.yx * xx + next.yy * yx, yy: next.yx * xy + next.yy * yy, y0: start.y)
    }

    /// Where the target pixel (x, y) lies in the source.
    public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (xx * x + xy * y + x0, yx * x + yy * y + y0)
    }

    /// The way back, or nil where the map squeezes the plane to a line.
    public var inverse: Affine2D? {
        let determinant = xx * yy - xy * yx
        guard determinant.isFinite, abs(determinant) > .leastNormalMagnitude else { return nil }
        let (a, b, c, d) = (yy / determinant, -xy / determinant, -yx / determinant, xx / determinant)
        return Affine2D(xx: a, xy: b, x0: -(a * x0 + b * y0), yx: c, yy: d, y0: -(c * x0 + d * y0))
    }
}
