/// The tiles that cover an image or a volume: every combination of the tiles of its axes.
///
/// An image is a volume of one slice; its z axis is `TileGrid(size: 1, output: 1, margin: 0, multiple: 1)`.
public struct Tiling: Sendable, Hashable {
    /// A network pass.
    public struct Tile: Sendable, Hashable {
        /// Along columns.
        public let x: TileGrid.Tile
        /// Along rows.
        public let y: TileGrid.Tile
        /// Along slices.
        public let z: TileGrid.Tile
    }

    /// Tiles along columns.
    public let x: TileGrid
    /// Tiles along rows.
    public let y: TileGrid
    /// Tiles along slices.
    public let z: TileGrid

    /// The tiles of a volume.
    public init(x: TileGrid, y: TileGrid, z: TileGrid) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The tiles of an image.
    public init(x: TileGrid, y: TileGrid) {
        self.init(x: x, y: y, z: TileGrid(size: 1, output: 1, margin: 0, multiple: 1))
    }

    /// The tiles, x fastest.
    public var tiles: [Tile] {
        z.tiles.flatMap { z in y.tiles.flatMap { y in x.tiles.map { Tile(x: $0, y: y, z: z) } } }
    }

    /// Size of the image.
    public var size: Extent { Extent(width: x.size, height: y.size, depth: z.size) }
    /// Size of a tile's input.
    public var input: Extent { Extent(width: x.input, height: y.input, depth: z.input) }
    /// Size of a tile's output.
    public var output: Extent { Extent(width: x.output, height: y.output, depth: z.output) }

    /// Copies the input of `tile` out of `image`, with the image's mirror beyond its edges.
    ///
    /// - Parameters:
    ///   - image: `channels` images of `size`, one after the other, x fastest: (C, D, H, W).
    ///   - target: receives `channels` boxes of size `input`: (C, D, H, W).
    public func extract<Value: BitwiseCopyable>(
        _ tile: Tile, of image: UnsafeBufferPointer<Value>, channels: Int,
        into target: UnsafeMutableBufferPointer<Value>
    ) {
        precondition(image.count == channels * size.count, "an image of the tiling's size")
        precondition(target.count == channels * input.count, "a buffer of the input's size")
        let columns = Self.seen(tile.x, x)
        let rows = Self.seen(tile.y, y)
        let slices = Self.seen(tile.z, z)
        // Columns that are not mirrored are copied in one piece.
        let plain = max(0, -tile.x.inputStart)..<min(x.input, x.size - tile.x.inputStart)
        var line = target.baseAddress!
        for channel in 0..<channels {
            for slice in slices {
                for row in rows {
                    let source = image.baseAddress! + channel * size.count + size.index(0, row, slice)
                    for column in 0..<plain.lowerBound {
                        (line + column).initialize(to: source[columns[column]])
                    }
                    (line + plain.lowerBound).initialize(
                        from: source + columns[plain.lowerBound], count: plain.count)
                    for column in plain.upperBound..<x.input {
                        (line + column).initialize(to: source[columns[column]])
                    }
                    line += x.input
                }
            }
        }
    }

    /// Copies the kept part of `output`, which is `tile`'s, to its place in `image`. When all tiles are pasted, every
    /// pixel of the image has been written exactly once.
    ///
    /// - Parameters:
    ///   - output: `channels` boxes of the output's size: (C, D, H, W).
    ///   - image: receives; `channels` images of `size`: (C, D, H, W).
    public func paste<Value: BitwiseCopyable>(
        _ output: UnsafeBufferPointer<Value>, of tile: Tile, channels: Int,
        into image: UnsafeMutableBufferPointer<Value>
    ) {
        let box = self.output
        precondition(image.count == channels * size.count, "an image of the tiling's size")
        precondition(output.count == channels * box.count, "a buffer of the output's size")
        for channel in 0..<channels {
            for slice in tile.z.kept {
                for row in tile.y.kept {
                    let from = box.index(
                        tile.x.keptInOutput.lowerBound, row - tile.y.start, slice - tile.z.start)
                    let to = size.index(tile.x.kept.lowerBound, row, slice)
                    (image.baseAddress! + channel * size.count + to).initialize(
                        from: output.baseAddress! + channel * box.count + from, count: tile.x.kept.count)
                }
            }
        }
    }

    /// The pixel of the image that each pixel of the input shows.
    private static func seen(_ tile: TileGrid.Tile, _ grid: TileGrid) -> [Int] {
        (0..<grid.input).map { Mirror.index(tile.inputStart + $0, count: grid.size) }
    }
}
