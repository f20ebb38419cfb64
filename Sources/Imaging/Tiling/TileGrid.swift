/// The tiles that cover one axis of an image, for networks whose output is smaller than their input by a margin on
/// both sides (Ronneberger et al. 2015, Figure 2: overlap-tile strategy).
///
/// Tiles begin at multiples of `step`, itself the largest multiple of `multiple` that is not larger than `output`.
/// With `multiple` = 2^depth every tile's pooling grid lies as that of one large pass over the whole image, so both
/// give the same numbers: outputs of 388 pixels at depth 4 advance by 384. Nothing is cut short at the far edge;
/// the last tile reaches beyond it instead, into the mirrored border.
public struct TileGrid: Sendable, Hashable {
    /// A network pass along this axis.
    public struct Tile: Sendable, Hashable {
        /// Pixel of the image where the tile's output begins.
        public let start: Int
        /// Pixel of the image where the tile's input begins, `margin` before `start`; may be negative.
        public let inputStart: Int
        /// Pixels of the image that are taken from this tile. The tiles' ranges follow each other without gap or
        /// overlap.
        public let kept: Range<Int>

        /// Pixels of the tile's output that are taken: `kept`, seen from `start`.
        public var keptInOutput: Range<Int> { kept.lowerBound - start..<kept.upperBound - start }
    }

    /// Pixels of the image.
    public let size: Int
    /// Pixels of a tile's output.
    public let output: Int
    /// Pixels that the input has more than the output, on each side.
    public let margin: Int
    /// Pixels from one tile to the next.
    public let step: Int
    /// The tiles, in order.
    public let tiles: [Tile]

    /// Tiles whose outputs of `output` pixels cover `size` pixels, each from an input of `output` + 2 · `margin`.
    ///
    /// `multiple`: what tiles' starts must be multiples of, at most `output`; 2^depth for a U-Net.
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
