import Datasets
import Imaging

/// A case on the network's grid, ready to be cut into slices.
public struct PreparedCase: Sendable {
    /// The case it came from.
    public let source: Case
    /// Intensities, mean 0 and standard deviation 1.
    public let volume: Volume
    /// Class of each voxel, 0 for background; empty where the case has no reference.
    public let classes: [UInt8]
    /// The darkest intensity: what lies beyond the scan's edge.
    public let background: Float

    /// Prepares `loaded` as `plan` says.
    public init(_ loaded: LoadedCase, plan: Plan) {
        source = loaded.case
        volume = plan.preparation.prepare(loaded.volume)
        background = volume.voxels.min() ?? 0
        let table = plan.classOfLabel
        let grid = volume.geometry
        classes = loaded.labels.map { $0.resampledInPlane(to: grid).labels.map { table[Int($0)] } } ?? []
    }

    /// Width and height of a slice.
    var sliceExtent: Extent { Extent(width: volume.geometry.width, height: volume.geometry.height) }
}
