import Imaging

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
