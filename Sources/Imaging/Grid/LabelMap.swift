/// One class per voxel of a grid: 0 is background, other values are named by a list of `Structure`s.
public struct LabelMap: Sendable, Equatable {
    /// Size and spacing (mm) of the grid.
    public var geometry: Geometry
    /// Labels, x fastest, then y, then z; `geometry.count` of them.
    public var labels: [UInt8]

    /// A label map of `labels` on `geometry`; x runs fastest.
    public init(geometry: Geometry, labels: [UInt8]) {
        precondition(labels.count == geometry.count, "as many labels as the grid has voxels")
        self.geometry = geometry
        self.labels = labels
    }
}
