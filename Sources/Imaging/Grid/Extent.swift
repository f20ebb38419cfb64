/// How many voxels an array has along each axis, without their spacing. A slice has depth 1.
public struct Extent: Sendable, Hashable, Codable {
    /// Voxels along x, which runs fastest in memory.
    public var width: Int
    /// Voxels along y.
    public var height: Int
    /// Slices along z.
    public var depth: Int

    /// An array of `width` × `height` × `depth` voxels.
    public init(width: Int, height: Int, depth: Int = 1) {
        precondition(width > 0 && height > 0 && depth > 0, "an array has at least one voxel")
        self.width = width
        self.height = height
        self.depth = depth
    }

    /// Width, height and depth.
    public var sides: [Int] { [width, height, depth] }

    /// Voxels in the array.
    public var count: Int { width * height * depth }
    /// Voxels in one slice.
    public var sliceCount: Int { width * height }

    /// Position of the voxel (x, y, z) in memory.
    @inlinable
    public func index(_ x: Int, _ y: Int, _ z: Int) -> Int { x + width * (y + height * z) }
}

extension Geometry {
    /// The numbers of voxels along x, y and z.
    public var extent: Extent { Extent(width: width, height: height, depth: depth) }

    /// A grid of `extent` with voxels that lie `spacing` mm apart.
    public init(extent: Extent, spacing: Spacing) {
        self.init(width: extent.width, height: extent.height, depth: extent.depth, spacing: spacing)
    }
}
