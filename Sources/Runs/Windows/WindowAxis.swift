import Imaging

/// Where windows lie along one axis of a scan, and how much of each counts.
///
/// A window reads `input` voxels from `start` on, which may lie beyond the scan, and gives `input − 2 · margin` of them
/// back, from `start + margin` on.
package struct WindowAxis: Equatable, Sendable {
    /// Voxels of the scan.
    package let size: Int
    /// Voxels that a window reads.
    package let input: Int
    /// Voxels that a window's output lacks at either end.
    package let margin: Int
    /// First voxel that each window reads.
    package let starts: [Int]
    /// Weight of each voxel of a window's output, in (0, 1].
    package let weights: [Float]

    /// Voxels that a window gives.
    package var output: Int { input - 2 * margin }

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

extension WindowAxis {
    /// Slices one by one, for networks that see slices.
    static func slices(_ count: Int) -> WindowAxis {
        WindowAxis(size: count, input: 1, margin: 0, starts: Array(0..<count), weights: [1])
    }

    /// Voxels of the scan that window `index` gives, in the window's output.
    func kept(_ index: Int) -> Range<Int> {
        let first = starts[index] + margin
        let lower = max(0, -first)
        return lower..<max(lower, min(output, size - first))
    }

    /// The weights that all windows together give each voxel of the scan.
    var total: [Float] {
        var total = [Float](repeating: 0, count: size)
        for index in starts.indices {
            for voxel in kept(index) { total[starts[index] + margin + voxel] += weights[voxel] }
        }
        return total
    }
}
