/// The grid of a scan: its number of voxels along each axis and their spacing.
///
/// Axis order is x (columns), y (rows), z (slices), with x fastest in memory, as in NIfTI. The same bytes are a tensor
/// of shape (D, H, W) = (z, y, x).
public struct Geometry: Sendable, Hashable, Codable {
    /// Voxels along x, the width of a slice.
    public var width: Int
    /// Voxels along y, the height of a slice.
    public var height: Int
    /// Slices along z.
    public var depth: Int
    /// Distance between voxel centers in mm, in the order x, y, z. Taken from `pixdim`, never from the affine.
    public var spacing: Spacing

    /// Creates a grid of `width` × `height` × `depth` voxels, `spacing` mm apart.
    public init(width: Int, height: Int, depth: Int, spacing: Spacing) {
        precondition(width > 0 && height > 0 && depth > 0, "a grid has at least one voxel")
        self.width = width
        self.height = height
        self.depth = depth
        self.spacing = spacing
    }

    /// Creates the grid of a picture or a stack of pictures, with the pixel as its unit.
    public init(pixels width: Int, _ height: Int, _ depth: Int = 1) {
        self.init(width: width, height: height, depth: depth, spacing: Spacing(1, 1, 1))
    }

    /// Voxels in one slice.
    public var sliceCount: Int { width * height }
    /// Voxels in the volume.
    public var count: Int { width * height * depth }
    /// Volume of one voxel in mm³.
    public var voxelVolume: Double { spacing.x * spacing.y * spacing.z }

    /// Returns the grid of `depth` slices of this one.
    public func withDepth(_ depth: Int) -> Geometry {
        Geometry(width: width, height: height, depth: depth, spacing: spacing)
    }

    /// Returns the position of the voxel (x, y, z) in memory.
    @inlinable
    public func index(_ x: Int, _ y: Int, _ z: Int) -> Int { x + width * (y + height * z) }
}

/// Distance between neighboring voxel centers in mm along x, y and z.
public struct Spacing: Sendable, Hashable, Codable {
    /// mm between columns.
    public var x: Double
    /// mm between rows.
    public var y: Double
    /// mm between slices.
    public var z: Double

    /// Creates a spacing in mm along x, y and z.
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// x, y and z.
    public var sides: [Double] { [x, y, z] }

    /// Returns whether each side equals that of `other` to a thousandth, because headers round.
    public func isAlike(_ other: Spacing) -> Bool {
        zip(sides, other.sides).allSatisfy { abs($0 - $1) <= 1e-3 * abs($1) }
    }
}

/// The number of voxels of an array along each axis, without their spacing. A slice has depth 1.
public struct Extent: Sendable, Hashable, Codable {
    /// Voxels along x, the fastest axis in memory.
    public var width: Int
    /// Voxels along y.
    public var height: Int
    /// Slices along z.
    public var depth: Int

    /// Creates the extent of an array of `width` × `height` × `depth` voxels.
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

    /// Returns the position of the voxel (x, y, z) in memory.
    @inlinable
    public func index(_ x: Int, _ y: Int, _ z: Int) -> Int { x + width * (y + height * z) }
}

extension Geometry {
    /// The numbers of voxels along x, y and z.
    public var extent: Extent { Extent(width: width, height: height, depth: depth) }

    /// Creates a grid of `extent` with voxels `spacing` mm apart.
    public init(extent: Extent, spacing: Spacing) {
        self.init(width: extent.width, height: extent.height, depth: extent.depth, spacing: spacing)
    }
}
