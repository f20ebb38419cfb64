import Foundation

/// How much each voxel of a predicted window counts where windows overlap: most in the middle, where the network saw
/// all around, and less towards the edges.
///
/// As in nnU-Net (Isensee et al., Nature Methods 18, 2021) a Gaussian with a standard deviation of 1/8 of the window
/// along each axis; nowhere 0, so that a voxel seen by a single window still has a weight. Unlike there it is
/// symmetric for windows of even size too, so a mirrored image gives the mirrored prediction. Voxel weights are the
/// products of the three axes'; the largest is 1.
public struct GaussianWindow: Sendable, Hashable {
    /// Size of the window.
    public let extent: Extent
    /// Weights along x; the largest is 1.
    public let x: [Float]
    /// Weights along y.
    public let y: [Float]
    /// Weights along z.
    public let z: [Float]

    /// The weights of a window of this size.
    public init(_ extent: Extent) {
        self.extent = extent
        x = Self.axis(extent.width)
        y = Self.axis(extent.height)
        z = Self.axis(extent.depth)
    }

    /// The weight of every voxel, x fastest.
    public var weights: [Float] {
        [Float](unsafeUninitializedCapacity: extent.count) { weights, count in
            for slice in z {
                for row in y {
                    for column in x {
                        weights.initializeElement(at: count, to: column * row * slice)
                        count += 1
                    }
                }
            }
        }
    }

    private static func axis(_ size: Int) -> [Float] {
        let (middle, sigma) = (Double(size - 1) / 2, Double(size) / 8)
        let values = (0..<size).map { exp(-pow((Double($0) - middle) / sigma, 2) / 2) }
        return values.map { Float($0 / values[size / 2]) }
    }
}
