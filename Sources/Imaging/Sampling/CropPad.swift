/// Where a box of one size lies in an array of another: what is outside the box is cut off, and where the box
/// reaches beyond the array it is padded.
///
/// `inverse` maps the box back, so `inverse.apply(apply(x))` is `x`, bit for bit, wherever the box covered it.
public struct CropPad: Sendable, Hashable, Codable {
    /// Size of the array.
    public let source: Extent
    /// Size of the box.
    public let target: Extent
    /// Source column that lands on column 0 of the box; negative where the box begins before the array.
    public let x: Int
    /// Source row that lands on row 0 of the box.
    public let y: Int
    /// Source slice that lands on slice 0 of the box.
    public let z: Int

    /// A box of size `target` whose first voxel is the voxel (x, y, z) of the source.
    public init(from source: Extent, to target: Extent, x: Int, y: Int, z: Int = 0) {
        self.source = source
        self.target = target
        self.x = x
        self.y = y
        self.z = z
    }

    /// A box of size `target` in the middle of the source; an odd voxel too many or too few is the last one.
    public init(centredFrom source: Extent, to target: Extent) {
        self.init(
            from: source, to: target, x: Self.middle(source.width, target.width),
            y: Self.middle(source.height, target.height), z: Self.middle(source.depth, target.depth))
    }

    /// The way back, from the box to the array.
    public var inverse: CropPad { CropPad(from: target, to: source, x: -x, y: -y, z: -z) }

    /// Columns of the box that hold source voxels; empty where the box misses the source.
    public var keptColumns: Range<Int> { Self.kept(x, source.width, target.width) }
    /// Rows of the box that hold source voxels.
    public var keptRows: Range<Int> { Self.kept(y, source.height, target.height) }
    /// Slices of the box that hold source voxels.
    public var keptSlices: Range<Int> { Self.kept(z, source.depth, target.depth) }

    /// The smaller margin first, for cropping and padding alike, so that both undo each other.
    private static func middle(_ source: Int, _ target: Int) -> Int {
        source >= target ? (source - target) / 2 : -((target - source) / 2)
    }

    private static func kept(_ offset: Int, _ source: Int, _ target: Int) -> Range<Int> {
        let first = min(max(0, -offset), target)
        return first..<max(first, min(target, source - offset))
    }
}
