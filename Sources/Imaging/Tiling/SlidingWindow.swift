import Foundation

/// Overlapping windows along one axis of an image, for networks with outputs as large as their inputs.
public struct SlidingWindow: Sendable, Hashable {
    /// Pixels of the image.
    public let size: Int
    /// Pixels of a window.
    public let window: Int
    /// The starts of the windows, ascending: the first at 0, the last so that it ends with the image. An image smaller
    /// than the window has a single one that is centered on it, starting at a negative pixel.
    public let starts: [Int]

    /// Creates the fewest windows that cover the image and share at least `overlap` (0 to below 1) of a window with the
    /// next, evenly spread and rounded to pixels.
    public init(size: Int, window: Int, overlap: Double = 0.5) {
        precondition(size > 0 && window > 0 && overlap >= 0 && overlap < 1, "windows cover an image")
        self.size = size
        self.window = window
        guard size > window else {
            starts = [-((window - size) / 2)]
            return
        }
        let free = size - window
        let largest = max(1, (Double(window) * (1 - overlap)).rounded(.down))
        let steps = Int((Double(free) / largest).rounded(.up))
        // Rounded down, steps between neighbors differ by at most one pixel and none exceeds `largest`.
        starts = (0...steps).map { $0 * free / steps }
    }
}

/// The tiles that cover one axis of an image, for networks with outputs smaller than their inputs by a margin on both
/// sides (Ronneberger et al. 2015, Figure 2: overlap-tile strategy).
///
/// Tiles begin at multiples of `step`, the largest multiple of `multiple` that is at most `output`. With `multiple` =
/// 2^depth, every tile's pooling grid aligns with that of one large pass over the whole image, so both give the same
/// numbers: outputs of 388 pixels at depth 4 advance by 384. The last tile is not cut short at the far edge, but
/// extends beyond it into the mirrored border.
public struct TileGrid: Sendable, Hashable {
    /// A network pass along this axis.
    public struct Tile: Sendable, Hashable {
        /// Pixel of the image where the tile's output begins.
        public let start: Int
        /// Pixel of the image where the tile's input begins, `margin` before `start`; can be negative.
        public let inputStart: Int
        /// Pixels of the image that are taken from this tile. The tiles' ranges follow each other without gaps or
        /// overlap.
        public let kept: Range<Int>

        /// Pixels of the tile's output that are taken: `kept`, relative to `start`.
        public var keptInOutput: Range<Int> { kept.lowerBound - start..<kept.upperBound - start }
    }

    /// Pixels of the image.
    public let size: Int
    /// Pixels of a tile's output.
    public let output: Int
    /// Extra pixels of the input over the output, on each side.
    public let margin: Int
    /// Pixels from one tile to the next.
    public let step: Int
    /// The tiles, in order.
    public let tiles: [Tile]

    /// Creates tiles with outputs of `output` pixels that cover `size` pixels, each from an input of `output` + 2 ·
    /// `margin`.
    ///
    /// - Parameters:
    ///   - size: the pixels of the image.
    ///   - output: the pixels of a tile's output.
    ///   - margin: the extra pixels of the input over the output, on each side.
    ///   - multiple: a divisor of all tile starts, at most `output`; 2^depth for a U-Net.
    public init(size: Int, output: Int, margin: Int, multiple: Int) {
        precondition(size > 0 && margin >= 0 && multiple > 0, "a tile grid covers pixels")
        precondition(
            output >= multiple, "an output of at least \(multiple) pixels, or no step is a multiple of it")
        let step = output / multiple * multiple
        // One tile covers `output` pixels and each further one adds `step`.
        let count = 1 + max(0, (size - output + step - 1) / step)
        self.size = size
        self.output = output
        self.margin = margin
        self.step = step
        tiles = (0..<count).map { index in
            let start = index * step
            let end = index == count - 1 ? size : start + step
            return Tile(start: start, inputStart: start - margin, kept: start..<end)
        }
    }

    /// Pixels of a tile's input.
    public var input: Int { output + 2 * margin }
}

/// The weight of each voxel of a predicted window where windows overlap: largest in the middle, where the network saw
/// all around, and smaller toward the edges.
///
/// As in nnU-Net (Isensee et al., Nature Methods 18, 2021), a Gaussian with a standard deviation of 1/8 of the window
/// along each axis; never 0, so that a voxel seen by a single window still has a weight. Unlike in nnU-Net, it is
/// symmetric for windows of even size too, so a mirrored image gives the mirrored prediction. A voxel's weight is the
/// product of its weights along the three axes; the largest is 1.
public struct GaussianWindow: Sendable, Hashable {
    /// Size of the window.
    public let extent: Extent
    /// Weights along x; the largest is 1.
    public let x: [Float]
    /// Weights along y.
    public let y: [Float]
    /// Weights along z.
    public let z: [Float]

    /// Creates the weights of a window of this size.
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
