import Datasets
import Imaging

/// A case on the network's grid, ready to be cut into patches.
public struct PreparedCase: Sendable {
    /// Intensities of each input channel.
    public let scan: PreparedScan
    /// Class of each voxel, 0 for background; empty if the case has no reference.
    public let classes: [UInt8]
    /// Weight of each voxel in the loss; empty if the plan weights all equally.
    public let weights: [Float]
    /// Where its structures lie.
    let foreground: Foreground

    /// Prepares `loaded` according to `plan`.
    ///
    /// - Throws: Errors of `Preparation.prepare`.
    public init(_ loaded: LoadedCase, plan: Plan) throws {
        try self.init(
            channels: loaded.channels, labels: loaded.labels, instances: loaded.instances, plan: plan)
    }

    /// Prepares a case in memory according to `plan`.
    ///
    /// - Parameters:
    ///   - channels: the intensities of each input channel, all on one grid.
    ///   - labels: on the same grid; nil if there are none.
    ///   - instances: the numbers of objects, which tell touching cells apart.
    ///   - plan: the plan.
    /// - Throws: Errors of `Preparation.prepare`.
    init(channels: [Volume], labels: LabelMap?, instances: [UInt16]? = nil, plan: Plan) throws {
        let scan = try plan.preparation.prepare(channels)
        let table = plan.classOfLabel
        let grid = scan.geometry
        let classes = labels.map { $0.resampledInPlane(to: grid).labels.map { table[Int($0)] } } ?? []
        // Instances exist only on the grid on which they were drawn.
        let known = grid == channels[0].geometry ? instances : nil
        self.init(
            scan: scan, classes: classes,
            weights: plan.training.borderWeights.map { Self.map($0, classes, instances: known, scan) } ?? [])
    }

    /// Creates a case from its parts; `classes`, and `weights` unless empty, have an entry for every voxel of `scan`.
    package init(scan: PreparedScan, classes: [UInt8], weights: [Float] = []) {
        precondition(classes.isEmpty || classes.count == scan.geometry.count, "a class for every voxel")
        self.scan = scan
        self.classes = classes
        self.weights = weights
        foreground = Foreground(of: classes, on: scan.geometry)
    }

    /// Returns the weights of every slice; empty if there are no classes.
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

/// A scan on the network's grid, as the network sees it.
public struct PreparedScan: Sendable {
    /// The grid; a 2D image has depth 1.
    public let geometry: Geometry
    /// Intensities of each input channel, mean 0 and standard deviation 1; x fastest, then y, then z.
    public let channels: [[Float]]
    /// The darkest intensity of each channel, to fill the space beyond the scan's edge.
    public let backgrounds: [Float]

    /// Creates a scan of `channels`, each with a value for every voxel of `geometry`.
    package init(geometry: Geometry, channels: [[Float]]) {
        precondition(!channels.isEmpty, "at least one channel")
        precondition(channels.allSatisfy { $0.count == geometry.count }, "a value for every voxel")
        self.geometry = geometry
        self.channels = channels
        backgrounds = channels.map { $0.min() ?? 0 }
    }

    private init(geometry: Geometry, channels: [[Float]], backgrounds: [Float]) {
        self.geometry = geometry
        self.channels = channels
        self.backgrounds = backgrounds
    }

    /// Returns some of the slices, with the backgrounds of the whole scan.
    package func slices(_ range: Range<Int>) -> PreparedScan {
        guard range != 0..<geometry.depth else { return self }
        let places = range.lowerBound * slice.count..<range.upperBound * slice.count
        return PreparedScan(
            geometry: geometry.withDepth(range.count), channels: channels.map { Array($0[places]) },
            backgrounds: backgrounds)
    }

    /// Width and height of a slice.
    package var slice: Extent { Extent(width: geometry.width, height: geometry.height) }
}
