import Imaging

/// Distances in mm between the surfaces of one structure in a prediction and in a reference.
///
/// As in MedPy 0.5, the surface is the mask minus its erosion by the 6 neighbors (4 for a single slice), with
/// background beyond the edge of the grid, and every surface voxel's distance is to the nearest surface voxel of the
/// other mask.
public struct SurfaceDistances: Sendable, Equatable {
    /// The distances of both directions together, ascending; never empty.
    public let pooled: [Double]

    /// Measures the structure `label` in two maps on one grid; nil if it is missing from either.
    public init?(of label: UInt8, prediction: LabelMap, reference: LabelMap) {
        precondition(prediction.geometry.extent == reference.geometry.extent, "maps of the same size")
        guard let box = BoundingBox(of: label, prediction, reference) else { return nil }
        let one = box.surface(of: label, in: prediction)
        let other = box.surface(of: label, in: reference)
        guard one.contains(true), other.contains(true) else { return nil }

        let spacing = reference.geometry.spacing
        var distances: [Double] = []
        for (from, to) in [(one, other), (other, one)] {
            let transform = DistanceTransform(to: to, extent: box.extent, spacing: spacing)
            for index in from.indices where from[index] { distances.append(transform.distance(at: index)) }
        }
        pooled = distances.sorted()
    }

    /// Hausdorff distance: the largest of all.
    public var hausdorff: Double { pooled[pooled.count - 1] }
    /// The 95th percentile of the distances of both directions together.
    public var hd95: Double { percentile(95) }
    /// Average symmetric surface distance: the mean of the distances of both directions together.
    public var assd: Double { pooled.reduce(0, +) / Double(pooled.count) }

    /// Returns a percentile from 0 to 100, interpolated linearly between neighbors as numpy does by default.
    public func percentile(_ percent: Double) -> Double {
        let position = Double(pooled.count - 1) * percent / 100
        let lower = Int(position)
        let upper = min(lower + 1, pooled.count - 1)
        return pooled[lower] + (position - Double(lower)) * (pooled[upper] - pooled[lower])
    }
}

/// The box around a structure in two maps: outside it nothing needs to be measured.
private struct BoundingBox {
    var columns: ClosedRange<Int>
    var rows: ClosedRange<Int>
    var slices: ClosedRange<Int>
    /// Whether the grid is a single slice, where missing neighbors above and below do not make all voxels surface.
    let isPlane: Bool

    var extent: Extent { Extent(width: columns.count, height: rows.count, depth: slices.count) }

    init?(of label: UInt8, _ one: LabelMap, _ other: LabelMap) {
        let grid = one.geometry.extent
        var (left, right, top, bottom, first, last) = (Int.max, -1, Int.max, -1, Int.max, -1)
        var index = 0
        for z in 0..<grid.depth {
            for y in 0..<grid.height {
                for x in 0..<grid.width {
                    if one.labels[index] == label || other.labels[index] == label {
                        left = min(left, x)
                        right = max(right, x)
                        top = min(top, y)
                        bottom = max(bottom, y)
                        first = min(first, z)
                        last = max(last, z)
                    }
                    index += 1
                }
            }
        }
        guard right >= 0 else { return nil }
        (columns, rows, slices) = (left...right, top...bottom, first...last)
        isPlane = grid.depth == 1
    }

    /// Returns the surface voxels of a structure within the box, x fastest.
    func surface(of label: UInt8, in map: LabelMap) -> [Bool] {
        let extent = extent
        var mask: [Bool] = []
        mask.reserveCapacity(extent.count)
        for z in slices {
            for y in rows {
                let start = map.geometry.index(0, y, z)
                for x in columns { mask.append(map.labels[start + x] == label) }
            }
        }
        var surface = mask
        var index = 0
        let (row, slice) = (extent.width, extent.sliceCount)
        for z in 0..<extent.depth {
            for y in 0..<extent.height {
                for x in 0..<extent.width {
                    if mask[index] {
                        let isInside =
                            x > 0 && mask[index - 1] && x + 1 < extent.width && mask[index + 1]
                            && y > 0 && mask[index - row] && y + 1 < extent.height && mask[index + row]
                            && (isPlane
                                || z > 0 && mask[index - slice] && z + 1 < extent.depth
                                    && mask[index + slice])
                        surface[index] = !isInside
                    }
                    index += 1
                }
            }
        }
        return surface
    }
}
