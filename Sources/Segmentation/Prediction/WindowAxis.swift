import Imaging

/// Where windows lie along one axis of a scan, and how much of each counts.
///
/// A window reads `input` voxels from `start` on, which may lie beyond the scan, and gives `input − 2 · margin` of them
/// back, from `start + margin` on.
package struct WindowAxis: Equatable {
    /// Voxels of the scan.
    let size: Int
    /// Voxels that a window reads.
    package let input: Int
    /// Voxels that a window's output lacks at either end.
    let margin: Int
    /// First voxel that each window reads.
    package let starts: [Int]
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
        let windows = SlidingWindow(size: size, window: input)
        let weights =
            windows.starts.count == 1
            ? [Float](repeating: 1, count: input) : GaussianWindow(Extent(width: input, height: 1)).x
        return WindowAxis(size: size, input: input, margin: 0, starts: windows.starts, weights: weights)
    }

    /// Tiles side by side that are read with a margin of `margin` voxels (overlap-tile, Ronneberger et al. 2015). They
    /// begin at multiples of `multiple`, so that their pooling grids are those of one large pass.
    static func tiles(_ size: Int, output: Int, margin: Int, multiple: Int) -> WindowAxis {
        let grid = TileGrid(size: size, output: output, margin: margin, multiple: multiple)
        return WindowAxis(
            size: size, input: grid.input, margin: margin, starts: grid.tiles.map(\.inputStart),
            weights: [Float](repeating: 1, count: output))
    }
}
