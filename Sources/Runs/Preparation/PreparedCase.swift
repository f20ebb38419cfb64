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
    /// Where its structures lie.
    let foreground: Foreground

    /// Prepares `loaded` as `plan` says.
    ///
    /// - Throws: as `Preparation.prepare`.
    public init(_ loaded: LoadedCase, plan: Plan) throws {
        source = loaded.case
        scan = try plan.preparation.prepare(loaded.channels)
        let table = plan.classOfLabel
        let grid = scan.geometry
        let classes = loaded.labels.map { $0.resampledInPlane(to: grid).labels.map { table[Int($0)] } } ?? []
        self.classes = classes
        // Instances tell cells apart that touch, and lie on the grid they were drawn on only.
        let instances = grid == loaded.volume.geometry ? loaded.instances : nil
        let scan = scan
        weights = plan.training.borderWeights.map { Self.map($0, classes, instances: instances, scan) } ?? []
        foreground = Foreground(of: classes, on: grid)
    }

    /// A case from its parts; `classes` has an entry for every voxel of `scan`, and so has `weights` where not empty.
    package init(_ source: Case, scan: PreparedScan, classes: [UInt8], weights: [Float] = []) {
        precondition(classes.count == scan.geometry.count, "a class for every voxel")
        self.source = source
        self.scan = scan
        self.classes = classes
        self.weights = weights
        foreground = Foreground(of: classes, on: scan.geometry)
    }

    /// The weights of every slice; nothing where there are no classes.
    private static func map(
        _ settings: BorderWeights, _ classes: [UInt8], instances: [UInt16]?, _ scan: PreparedScan
    ) -> [Float] {
        guard !classes.isEmpty else { return [] }
        return (0..<scan.geometry.depth).flatMap { z in
            let range = z * scan.slice.count..<(z + 1) * scan.slice.count
            let slice = Array(classes[range])
            let cells =
                instances.map { CellMap(instances: Array($0[range]), size: scan.slice) }
                ?? CellMap(piecesOf: slice.map { $0 != 0 }, size: scan.slice)
            return settings.map(of: cells, classes: slice)
        }
    }
}

/// A scan on the network's grid: what the network sees of it.
public struct PreparedScan: Sendable {
    /// The grid; a 2D image has depth 1.
    public let geometry: Geometry
    /// Intensities of each input channel, mean 0 and standard deviation 1; x fastest, then y, then z.
    public let channels: [[Float]]
    /// The darkest intensity of each channel: what may lie beyond the scan's edge.
    public let backgrounds: [Float]

    /// A scan of `channels`, each with a value for every voxel of `geometry`.
    package init(geometry: Geometry, channels: [[Float]]) {
        precondition(!channels.isEmpty, "at least one channel")
        precondition(channels.allSatisfy { $0.count == geometry.count }, "a value for every voxel")
        self.geometry = geometry
        self.channels = channels
        backgrounds = channels.map { $0.min() ?? 0 }
    }

    /// Width and height of a slice.
    package var slice: Extent { Extent(width: geometry.width, height: geometry.height) }
}
