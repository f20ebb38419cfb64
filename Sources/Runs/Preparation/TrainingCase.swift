import Datasets
import Imaging
import Scans

/// A scan in memory with its labels, to train on or to hold out.
public struct TrainingCase: Sendable {
    /// The name, in `splits.json` and in errors; unique among the cases of a training.
    public var name: String
    /// The intensities of each input channel, all on one grid.
    public var channels: [Volume]
    /// The labels on the same grid, with the values of the plan's structures.
    public var labels: LabelMap

    /// Creates a case of `channels`, one volume for MRI, and its labels.
    public init(name: String, channels: [Volume], labels: LabelMap) {
        self.name = name
        self.channels = channels
        self.labels = labels
    }
}

extension Plan {
    /// Checks the channels of a scan, which can come from an application as well as from a file, and returns their grid.
    ///
    /// - Parameter scan: the scan's name for errors; nil for the only one.
    /// - Throws: `SegmentationError.channels` if their number is not the network's, `.voxels` if one does not fill its
    ///   grid, `ScanError` if they have different grids, no valid spacing, or voxels that are NaN or infinite.
    package func grid(of channels: [Volume], scan: String? = nil) throws -> Geometry {
        let expected = network.inputChannels
        func place(_ channel: Int) -> String {
            guard channels.count > 1 else { return scan ?? "the scan" }
            return (scan.map { "\($0), " } ?? "") + "channel \(channel + 1)"
        }
        guard let geometry = channels.first?.geometry, channels.count == expected else {
            throw SegmentationError.channels(
                path: scan ?? "the scan", expected: expected, found: channels.count)
        }
        let size = [geometry.width, geometry.height, geometry.depth]
        for (number, channel) in channels.enumerated() {
            let found = [channel.geometry.width, channel.geometry.height, channel.geometry.depth]
            guard found == size else {
                throw ScanError.channelShape(
                    first: place(0), other: place(number), expected: size, found: found)
            }
            guard channel.geometry.spacing == geometry.spacing else {
                throw ScanError.channelSpacing(
                    first: place(0), other: place(number), expected: geometry.spacing.sides,
                    found: channel.geometry.spacing.sides)
            }
            guard !channel.voxels.isEmpty, channel.voxels.count == geometry.count else {
                throw SegmentationError.voxels(
                    path: place(number), expected: geometry.count, found: channel.voxels.count)
            }
            let strange = channel.voxels.count { !$0.isFinite }
            guard strange == 0 else { throw ScanError.nonFinite(path: place(number), count: strange) }
        }
        guard geometry.spacing.sides.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ScanError.noSpacing(path: scan ?? "the scan", found: geometry.spacing.sides)
        }
        return geometry
    }

    /// Checks a case in memory.
    ///
    /// - Throws: Errors of `grid(of:scan:)`; `DatasetError.shapeMismatch` if the labels lie on another grid,
    ///   `.unknownLabels` if they are not those of the structures, `SegmentationError.tooLarge`.
    func check(_ item: TrainingCase) throws {
        let grid = try grid(of: item.channels, scan: item.name)
        let (labels, name) = (item.labels, item.name)
        guard labels.geometry.extent == grid.extent, labels.labels.count == grid.count else {
            throw DatasetError.shapeMismatch(
                image: name, reference: "its labels", expected: grid.extent.sides,
                found: labels.geometry.extent.sides)
        }
        let known = [0] + structures.map { Int($0.label) }
        let unknown = labels.presentLabels.map { Int($0) }.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw DatasetError.unknownLabels(path: name, found: unknown, known: known)
        }
        try check(grid, path: name)
    }
}
