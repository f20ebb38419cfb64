import Imaging

/// Where windows lie along one axis of a scan, and how much of each counts.
///
/// A window reads `input` voxels from `start` on, which may lie beyond the scan, and gives `input − 2 · margin` of them
/// back, from `start + margin` on.
struct WindowAxis: Equatable {
    /// Voxels of the scan.
    let size: Int
    /// Voxels that a window reads.
    let input: Int
    /// Voxels that a window's output lacks at either end.
    let margin: Int
    /// First voxel that each window reads.
    let starts: [Int]
    /// Weight of each voxel of a window's output, in (0, 1].
    let weights: [Float]

    /// Voxels that a window gives.
    var output: Int { input - 2 * margin }

    /// One window around the whole scan of `size` voxels, as large as a multiple of `multiple` must be.
    static func whole(_ size: Int, multiple: Int) -> WindowAxis {
        let input = (size + multiple - 1) / multiple * multiple
        return WindowAxis(
            size: size, input: input, margin: 0, starts: [-((input - size) / 2)],
            weights: [Float](repeating: 1, count: input))
    }

    /// Windows of `input` voxels that overlap by at least half and count by a Gaussian of σ = input / 8 around their
    /// middle (nnU-Net, Isensee et al. 2021); a single one around a scan that is smaller.
    static func gaussian(_ size: Int, input: Int) -> WindowAxis {
        guard size > input else {
            return WindowAxis(
                size: size, input: input, margin: 0, starts: [-((input - size) / 2)],
                weights: [Float](repeating: 1, count: input))
        }
        let count = (2 * (size - input) + input - 1) / input + 1
        return WindowAxis(
            size: size, input: input, margin: 0,
            starts: (0..<count).map { Int((Double($0 * (size - input)) / Double(count - 1)).rounded()) },
            weights: GaussianWindow.weights(input))
    }

    /// Tiles side by side that are read with a margin of `margin` voxels (overlap-tile, Ronneberger et al. 2015). They
    /// begin at multiples of `multiple`, so that their pooling grids are those of one large pass.
    static func tiles(_ size: Int, output: Int, margin: Int, multiple: Int) -> WindowAxis {
        let grid = TileGrid(size: size, output: output, margin: margin, multiple: multiple)
        // Of a tile whose output is no multiple, the last voxels belong to the next one.
        return WindowAxis(
            size: size, input: output + 2 * margin, margin: margin, starts: grid.tiles.map(\.inputStart),
            weights: (0..<output).map { $0 < grid.step || grid.tiles.count == 1 ? 1 : 0 })
    }
}
