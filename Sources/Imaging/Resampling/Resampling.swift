/// Grids that cover the same field of view with other pixels.
///
/// All resampling here is corner to corner: the outer edges of the first and last pixels coincide on both grids
/// (PyTorch's `align_corners=false`). Pixel `i` of `n` covers `[i/n, (i+1)/n]` of the field of view, so its center is
/// at pixel coordinate `(i + 0.5) · m/n − 0.5` of a grid with `m` pixels, and the inverse is the same formula with `m`
/// and `n` exchanged: exact, without an offset to remember.
extension Geometry {
    /// Returns the grid of the same field of view with pixels as close to `x` × `y` mm as a whole number of them
    /// allows.
    ///
    /// The number of pixels is rounded, at least 1, and the spacing of the result is the field of view divided by it;
    /// it differs from the request by at most half a pixel over the whole width. Slices are kept.
    public func resampledInPlane(toSpacing x: Double, _ y: Double) -> Geometry {
        precondition(x > 0 && y > 0, "a spacing is positive")
        return resampledInPlane(
            width: max(1, Int((Double(width) * spacing.x / x).rounded())),
            height: max(1, Int((Double(height) * spacing.y / y).rounded())))
    }

    /// Returns the grid of the same field of view with `width` × `height` pixels in each slice. Slices are kept.
    public func resampledInPlane(width: Int, height: Int) -> Geometry {
        Geometry(
            width: width, height: height, depth: depth,
            spacing: Spacing(
                spacing.x * Double(self.width) / Double(width),
                spacing.y * Double(self.height) / Double(height),
                spacing.z))
    }
}

extension Volume {
    /// Returns this volume on another grid of the same field of view with as many slices; linear within each slice.
    public func resampledInPlane(to grid: Geometry) -> Volume {
        precondition(grid.depth == geometry.depth, "in-plane resampling keeps the slices")
        let resampler = SliceResampler(
            from: Extent(width: geometry.width, height: geometry.height),
            to: Extent(width: grid.width, height: grid.height))
        return Volume(geometry: grid, voxels: resampler.resample(voxels, count: geometry.depth))
    }

    /// Returns this volume with pixels as close to `x` × `y` mm as its field of view allows; linear within each slice.
    public func resampledInPlane(toSpacing x: Double, _ y: Double) -> Volume {
        resampledInPlane(to: geometry.resampledInPlane(toSpacing: x, y))
    }

    /// Returns this volume with slices of `width` × `height` pixels; linear within each slice.
    public func resampledInPlane(width: Int, height: Int) -> Volume {
        resampledInPlane(to: geometry.resampledInPlane(width: width, height: height))
    }
}

extension LabelMap {
    /// Returns these labels on another grid of the same field of view with as many slices; each pixel gets the label at
    /// its center.
    ///
    /// For training targets. Predictions are mapped back to a scan's grid as probabilities (`ProbabilityMap`), because
    /// resampled labels lose up to 0.10 Dice on thin walls.
    public func resampledInPlane(to grid: Geometry) -> LabelMap {
        precondition(grid.depth == geometry.depth, "in-plane resampling keeps the slices")
        if grid.extent == geometry.extent { return LabelMap(geometry: grid, labels: labels) }
        let columns = Self.nearest(from: geometry.width, to: grid.width)
        let rows = Self.nearest(from: geometry.height, to: grid.height)
        let result = [UInt8](unsafeUninitializedCapacity: grid.count) { output, initialized in
            labels.withUnsafeBufferPointer { input in
                var next = 0
                for z in 0..<grid.depth {
                    for row in rows {
                        let start = geometry.index(0, row, z)
                        for column in columns {
                            output.initializeElement(at: next, to: input[start + column])
                            next += 1
                        }
                    }
                }
            }
            initialized = grid.count
        }
        return LabelMap(geometry: grid, labels: result)
    }

    /// Returns these labels with pixels as close to `x` × `y` mm as the field of view allows.
    public func resampledInPlane(toSpacing x: Double, _ y: Double) -> LabelMap {
        resampledInPlane(to: geometry.resampledInPlane(toSpacing: x, y))
    }

    /// Returns these labels with slices of `width` × `height` pixels.
    public func resampledInPlane(width: Int, height: Int) -> LabelMap {
        resampledInPlane(to: geometry.resampledInPlane(width: width, height: height))
    }

    /// Returns the source pixel at the center of each target pixel; on an edge, the upper of the two. In integers:
    /// `floor((2i + 1) · source / 2 target)`.
    private static func nearest(from source: Int, to target: Int) -> [Int] {
        (0..<target).map { (2 * $0 + 1) * source / (2 * target) }
    }
}
