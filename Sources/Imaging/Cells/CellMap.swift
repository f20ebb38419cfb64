/// Which cell each pixel of an image belongs to.
public struct CellMap: Sendable, Equatable {
    /// Size of the image; depth 1.
    public let size: Extent
    /// The cell of every pixel, x fastest: 0 between cells, any other number is a cell's own. Numbers need not be
    /// consecutive.
    public let ids: [Int32]

    /// Cells that do not touch: the 4-connected pieces of `mask` (`size.count` pixels, x fastest), numbered from 1
    /// in the order of their first pixels.
    public init(piecesOf mask: [Bool], size: Extent) {
        precondition(size.depth == 1, "slices have depth 1")
        self.size = size
        ids = ConnectedComponents(of: mask, extent: size, connectivity: .faces).ids
    }

    /// Cells numbered by an instance image (`size.count` pixels, x fastest), 0 between them. They may touch, and a
    /// cell may have several pieces.
    public init(instances: [UInt16], size: Extent) {
        precondition(size.depth == 1, "slices have depth 1")
        precondition(instances.count == size.count, "as many pixels as the image's size says")
        self.size = size
        ids = instances.map { Int32($0) }
    }
}
