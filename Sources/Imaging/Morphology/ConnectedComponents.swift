/// The separate pieces of a mask. A slice is a volume of depth 1.
public struct ConnectedComponents: Sendable {
    /// Size of the mask.
    public let extent: Extent
    /// The piece each voxel belongs to, x fastest: 0 outside the mask, else 1, 2, … in the order of the pieces'
    /// first voxels in memory.
    public let ids: [Int32]
    /// The number of voxels of each piece; piece `id` has `sizes[id - 1]`.
    public let sizes: [Int]

    /// Finds the pieces of `mask` (`extent.count` voxels, x fastest).
    ///
    /// One pass with union–find and one to number the pieces: O(voxels · neighbors), nearly linear.
    public init(of mask: [Bool], extent: Extent, connectivity: Connectivity) {
        precondition(mask.count == extent.count, "as many voxels as the mask's size says")
        precondition(mask.count <= Int32.max, "fewer than 2³¹ voxels")
        let steps = connectivity.earlierSteps.map { ($0.x, $0.y, $0.z, extent.index($0.x, $0.y, $0.z)) }
        // Provisional numbers; parents[n] is a number of the same piece, at most n, and n itself for roots.
        var ids = [Int32](repeating: 0, count: mask.count)
        var parents: [Int32] = [0]
        func root(_ number: Int32, _ parents: inout [Int32]) -> Int32 {
            var number = number
            while parents[Int(number)] != number {
                parents[Int(number)] = parents[Int(parents[Int(number)])]
                number = parents[Int(number)]
            }
            return number
        }
        var index = 0
        for z in 0..<extent.depth {
            for y in 0..<extent.height {
                for x in 0..<extent.width {
                    defer { index += 1 }
                    guard mask[index] else { continue }
                    var own: Int32 = 0
                    for (dx, dy, dz, offset) in steps {
                        guard x + dx >= 0, x + dx < extent.width, y + dy >= 0, y + dy < extent.height,
                            z + dz >= 0,
                            ids[index + offset] != 0
                        else { continue }
                        let other = root(ids[index + offset], &parents)
                        if own == 0 {
                            own = other
                        } else if own != other {
                            parents[Int(max(own, other))] = min(own, other)
                            own = min(own, other)
                        }
                    }
                    if own == 0 {
                        own = Int32(parents.count)
                        parents.append(own)
                    }
                    ids[index] = own
                }
            }
        }
        // A root is the smallest number of its piece, so numbering in ascending order follows the first voxels.
        var finals = [Int32](repeating: 0, count: parents.count)
        var pieces: Int32 = 0
        for number in 1..<max(1, Int32(parents.count)) {
            let root = root(number, &parents)
            if root == number {
                pieces += 1
                finals[Int(number)] = pieces
            } else {
                finals[Int(number)] = finals[Int(root)]
            }
        }
        var sizes = [Int](repeating: 0, count: Int(pieces))
        for index in ids.indices where ids[index] != 0 {
            ids[index] = finals[Int(ids[index])]
            sizes[Int(ids[index]) - 1] += 1
        }
        self.extent = extent
        self.ids = ids
        self.sizes = sizes
    }

    /// The largest piece, the first in memory of equally large ones; nil if the mask is empty.
    public var largest: Int32? {
        guard let size = sizes.max() else { return nil }
        return Int32(sizes.firstIndex(of: size)! + 1)
    }
}

/// The voxels that count as neighbors.
public enum Connectivity: Sendable, Hashable {
    /// Voxels that share a face: 6 in a volume, 4 in a slice.
    case faces
    /// Voxels that share a face, an edge or a corner: 26 in a volume, 8 in a slice.
    case corners

    /// Steps to the neighbors that come earlier in memory, half of all.
    var earlierSteps: [(x: Int, y: Int, z: Int)] {
        switch self {
        case .faces: return [(-1, 0, 0), (0, -1, 0), (0, 0, -1)]
        case .corners:
            var steps: [(x: Int, y: Int, z: Int)] = []
            for z in -1...0 {
                for y in -1...1 {
                    for x in -1...1 where (z, y, x) < (0, 0, 0) { steps.append((x, y, z)) }
                }
            }
            return steps
        }
    }
}
