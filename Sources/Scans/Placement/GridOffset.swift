import Foundation
import Imaging

/// The distance in space between two files with the same grid, voxel for voxel, according to their headers.
public struct GridOffset: Sendable, Hashable, Codable {
    /// An axis of a grid.
    public enum Axis: String, Sendable, Codable, CaseIterable {
        /// Along columns, rows and slices.
        case x, y, z
    }

    /// The largest distance between the two places of a voxel, mm.
    public var largest: Double
    /// The distance between the centers of the two grids, mm.
    public var shift: Double
    /// The rotation of one against the other in degrees, 0 to 180.
    public var turn: Double
    /// The axis along which one is the mirror image of the other; nil if it is not.
    public var mirrored: Axis?
    /// The largest distance along an axis of the grid, in voxels.
    public var voxels: Double
    /// Whether one header's qform contradicts its sform, and agrees with the other file.
    public var isDisputed: Bool

    /// Whether the voxels of the two files cannot be the same: mirrored, or more than a voxel apart. False if the
    /// headers dispute it.
    public var isCertain: Bool { !isDisputed && (mirrored != nil || voxels > 1.01) }

    /// Compares the places that `other` and `first` give to the voxels of `grid`, which both files have.
    ///
    /// Nil if they agree to a quarter of the shortest side of a voxel. Headers round: a quaternion in float32 can be
    /// off by 0.04°, a tenth of a voxel at the edge of a large slice. Also nil for a grid larger than 10¹² mm, which
    /// has no meaningful spacing.
    public init?(of other: Placement, from first: Placement, on grid: Geometry) {
        let sides = zip([grid.width, grid.height, grid.depth], grid.spacing.sides).filter { $0.0 > 1 }
        guard sides.allSatisfy({ Double($0.0) * $0.1 <= 1e12 }) else { return nil }
        let tolerance = (sides.map(\.1).min() ?? grid.spacing.x) / 4
        let preferred = GridOffset(other.statements[0], from: first.statements[0], grid)
        guard preferred.largest > tolerance else { return nil }
        self = preferred
        isDisputed = first.statements.contains { one in
            other.statements.contains { GridOffset($0, from: one, grid).largest <= tolerance }
        }
    }

    private init(_ other: Placement.Statement, from first: Placement.Statement, _ grid: Geometry) {
        let spacing = grid.spacing.sides
        let (x, y, z) = (first.directions[0], first.directions[1], first.directions[2])
        let volume = x.cross(y).dot(z)
        // Components along the first one's axes, which need not be at right angles.
        let inverse = [y.cross(z) / volume, z.cross(x) / volume, x.cross(y) / volume]
        func distance(_ position: SIMD3<Double>) -> SIMD3<Double> {
            (0..<3).reduce(other.origin - first.origin) { sum, axis in
                sum + (other.directions[axis] - first.directions[axis]) * (spacing[axis] * position[axis])
            }
        }
        let last = SIMD3(Double(grid.width - 1), Double(grid.height - 1), Double(grid.depth - 1))
        (largest, voxels, isDisputed) = (0, 0, false)
        // The distance is largest at a corner, since it is the length of a linear function of the position.
        for corner in 0..<8 {
            let apart = distance(
                SIMD3(
                    corner & 1 == 0 ? 0 : last.x, corner & 2 == 0 ? 0 : last.y,
                    corner & 4 == 0 ? 0 : last.z))
            largest = max(largest, apart.length)
            for axis in 0..<3 { voxels = max(voxels, abs(inverse[axis].dot(apart)) / spacing[axis]) }
        }
        shift = distance(last / 2).length

        // The map from the first one's axes to the other's; a column for each axis.
        var turned = other.directions.map { direction in
            SIMD3(inverse[0].dot(direction), inverse[1].dot(direction), inverse[2].dot(direction))
        }
        if turned[0].cross(turned[1]).dot(turned[2]) < 0 {
            // The axis to mirror for the smallest turn.
            let axis = (0..<3).min { turned[$0][$0] < turned[$1][$1] } ?? 0
            turned[axis] = -turned[axis]
            mirrored = Axis.allCases[axis]
        }
        let sine =
            SIMD3(
                turned[1].z - turned[2].y, turned[2].x - turned[0].z, turned[0].y - turned[1].x
            ).length / 2
        let cosine = (turned[0].x + turned[1].y + turned[2].z - 1) / 2
        turn = atan2(sine, cosine) * 180 / .pi
    }
}

extension GridOffset: CustomStringConvertible {
    /// How far apart the files are, to follow “lie”: “up to 42.3 mm apart (mirrored along x, turned by 10°)”.
    public var description: String {
        var parts: [String] = []
        if let mirrored { parts.append("mirrored along \(mirrored.rawValue)") }
        if turn >= 0.05 { parts.append("turned by \(rounded(turn))°") }
        if parts.isEmpty || shift >= largest / 100 { parts.append("shifted by \(rounded(shift)) mm") }
        return "up to \(rounded(largest)) mm apart (\(parts.joined(separator: ", ")))"
    }
}

/// Rounds to three digits, but keeps all digits before the point.
private func rounded(_ value: Double) -> String {
    String(format: value < 1000 ? "%.3g" : "%.0f", value)
}
