/// A scan's intensities on a grid. A 2D image is a volume of one slice.
public struct Volume: Sendable {
    /// Size and spacing (mm) of the grid.
    public var geometry: Geometry
    /// Intensities, x fastest, then y, then z; `geometry.count` of them.
    public var voxels: [Float]

    /// A volume of `voxels` on `geometry`; x runs fastest.
    public init(geometry: Geometry, voxels: [Float]) {
        precondition(voxels.count == geometry.count, "as many voxels as the grid has")
        self.geometry = geometry
        self.voxels = voxels
    }
}
