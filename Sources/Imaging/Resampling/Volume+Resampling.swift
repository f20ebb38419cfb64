extension Volume {
    /// This volume on another grid of the same field of view with as many slices; linear within each slice.
    public func resampledInPlane(to grid: Geometry) -> Volume {
        precondition(grid.depth == geometry.depth, "in-plane resampling keeps the slices")
        let resampler = SliceResampler(
            from: Extent(width: geometry.width, height: geometry.height),
            to: Extent(width: grid.width, height: grid.height))
        return Volume(geometry: grid, voxels: resampler.resample(voxels, count: geometry.depth))
    }

    /// This volume with pixels as close to `x` × `y` mm as its field of view allows; linear within each slice.
    public func resampledInPlane(toSpacing x: Double, _ y: Double) -> Volume {
        resampledInPlane(to: geometry.resampledInPlane(toSpacing: x, y))
    }

    /// This volume with slices of `width` × `height` pixels; linear within each slice.
    public func resampledInPlane(width: Int, height: Int) -> Volume {
        resampledInPlane(to: geometry.resampledInPlane(width: width, height: height))
    }
}
