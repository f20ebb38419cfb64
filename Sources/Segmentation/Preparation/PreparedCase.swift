import Datasets
import Imaging

/// A case on the network's grid, ready to be cut into patches.
public struct PreparedCase: Sendable {
    /// The case it came from.
    public let source: Case
    /// Intensities of each input channel.
    public let scan: PreparedScan
    /// Class of each voxel, 0 for background; empty where the case has no reference.
    public let classes: [UInt8]
    /// Weight of each voxel in the loss; empty where the plan weighs all alike.
    public let weights: [Float]

    /// Prepares `loaded` as `plan` says.
    public init(_ loaded: LoadedCase, plan: Plan) {
        source = loaded.case
        scan = plan.preparation.prepare(loaded.channels)
        let table = plan.classOfLabel
        let grid = scan.geometry
        classes = loaded.labels.map { $0.resampledInPlane(to: grid).labels.map { table[Int($0)] } } ?? []
        // Weights follow from cells; instances tell those that touch apart, and are there only on their own grid.
        let instances = grid == loaded.volume.geometry ? loaded.instances : nil
        let (slice, depth, known) = (scan.slice, grid.depth, classes)
        weights =
            plan.training.borderWeights.map { settings in
                guard !known.isEmpty else { return [] }
                return (0..<depth).flatMap { z in
                    let range = z * slice.count..<(z + 1) * slice.count
                    return settings.weights(
                        classes: Array(known[range]), instances: instances.map { Array($0[range]) }, slice: slice)
                }
            } ?? []
    }
}
