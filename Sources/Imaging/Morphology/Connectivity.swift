/// Which voxels count as neighbors.
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
