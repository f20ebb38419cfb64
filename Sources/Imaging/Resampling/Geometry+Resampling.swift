/// Grids that cover the same field of view with other pixels.
///
/// All resampling here goes from corner to corner: the outer edges of the first and last pixels coincide on both
/// grids (PyTorch's `align_corners=false`). Pixel `i` of `n` covers `[i/n, (i+1)/n]` of the field of view, so its
/// center lies at pixel coordinate `(i + 0.5) · m/n − 0.5` of a grid with `m` pixels, and the way back is the
/// same formula with `m` and `n` exchanged: exact, without an offset to remember.
extension Geometry {
    /// The grid of the same field of view whose pixels are as close to `x` × `y` mm as a whole number allows.
    ///
    /// The number of pixels is rounded, at least 1, and the spacing of the result is the field of view divided by
    /// it; it differs from the wish by at most half a pixel over the whole width. Slices are kept.
    public func resampledInPlane(toSpacing x: Double, _ y: Double) -> Geometry {
        precondition(x > 0 && y > 0, "a spacing is positive")
        return resampledInPlane(
            width: max(1, Int((Double(width) * spacing.x / x).rounded())),
            height: max(1, Int((Double(height) * spacing.y / y).rounded())))
    }

    /// The grid of the same field of view with `width` × `height` pixels in each slice. Slices are kept.
    public func resampledInPlane(width: Int, height: Int) -> Geometry {
        Geometry(
            width: width, height: height, depth: depth,
            spacing: Spacing(
                spacing.x * Double(self.width) / Double(width),
                spacing.y * Double(self.height) / Double(height),
                spacing.z))
    }
}
