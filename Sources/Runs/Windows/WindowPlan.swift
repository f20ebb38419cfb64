import Imaging
import UNetDesign

/// The windows in which a network sees a scan: every combination of those along x, y and z.
package struct WindowPlan: Equatable, Sendable {
    package let x: WindowAxis
    package let y: WindowAxis
    package let z: WindowAxis

    /// Voxels that are given to `network` at once, at most: so many take some 2 GB.
    static func largest(for network: NetworkConfiguration) -> Int {
        (1 << 21) * 16 / max(16, network.filters)
    }

    /// How many windows the network may see at once, at most `wanted`.
    package func batchSize(_ wanted: Int, for network: NetworkConfiguration) -> Int {
        max(1, min(wanted, Self.largest(for: network) / (x.input * y.input * z.input)))
    }

    /// The windows for a scan of `extent`.
    ///
    /// Networks that keep the size see the whole scan, in 2D whole slices, padded evenly to the multiple they need.
    /// Where `window` is given, or the whole would be larger than `largest` voxels, they see overlapping windows with
    /// Gaussian weights. Networks that lose a margin see tiles that give each pixel once.
    package static func of(_ extent: Extent, for network: NetworkConfiguration, window: PatchSize?)
        -> WindowPlan
    {
        let isVolumetric = network.dimensions == .three
        let multiples = network.sizeMultiples.suffix(2)
        let (multipleY, multipleX) = (multiples.first!, multiples.last!)
        let multipleZ = isVolumetric ? network.sizeMultiples[0] : 1
        let z: WindowAxis
        if isVolumetric, let window, window.depth < extent.depth {
            z = .gaussian(extent.depth, input: window.depth)
        } else if isVolumetric {
            z = .whole(extent.depth, multiple: multipleZ)
        } else {
            z = WindowAxis.slices(extent.depth)
        }
        let largest = largest(for: network)
        if network.margin.suffix(2).contains(where: { $0 > 0 }) {
            let side = Int(Double(largest / 2 / z.input).squareRoot())
            return WindowPlan(
                x: tiles(extent.width, network, axis: network.dimensions.rank - 1, window?.width, side: side),
                y: tiles(
                    extent.height, network, axis: network.dimensions.rank - 2, window?.height, side: side),
                z: z)
        }
        var x = WindowAxis.whole(extent.width, multiple: multipleX)
        var y = WindowAxis.whole(extent.height, multiple: multipleY)
        if let window {
            if window.width < extent.width { x = .gaussian(extent.width, input: window.width) }
            if window.height < extent.height { y = .gaussian(extent.height, input: window.height) }
        }
        while x.input * y.input * z.input > largest, max(x.input, y.input) > 4 * max(multipleX, multipleY) {
            if x.input >= y.input {
                x = .gaussian(extent.width, input: half(x.input, multipleX))
            } else {
                y = .gaussian(extent.height, input: half(y.input, multipleY))
            }
        }
        return WindowPlan(x: x, y: y, z: z)
    }

    private static func half(_ input: Int, _ multiple: Int) -> Int {
        (input / 2 + multiple - 1) / multiple * multiple
    }

    /// Tiles along `axis` of a tensor's spatial axes: of the window asked for, or the smallest that cover the axis in
    /// as few tiles as an input of about `side` pixels allows. A tile gives at least a multiple of the poolings.
    private static func tiles(
        _ size: Int, _ network: NetworkConfiguration, axis: Int, _ window: Int?, side: Int
    ) -> WindowAxis {
        let (margin, multiple) = (network.margin[axis], network.sizeMultiples[axis])
        let largest = max(multiple, side - 2 * margin)
        let count = (size + largest - 1) / largest
        let output = (size + count - 1) / count + (count > 1 ? multiple - 1 : 0)
        let wanted = max(window ?? output + 2 * margin, multiple + 2 * margin)
        let input = network.smallestInput(of: wanted, axis: axis)
        return .tiles(size, output: input - 2 * margin, margin: margin, multiple: multiple)
    }
}

extension WindowPlan {
    /// One window, by its number along each axis.
    package struct Place: Sendable {
        package let x: Int
        package let y: Int
        package let z: Int
    }

    /// All windows, those of a slice side by side.
    package var places: [Place] {
        z.starts.indices.flatMap { z in
            y.starts.indices.flatMap { y in x.starts.indices.map { Place(x: $0, y: y, z: z) } }
        }
    }

    /// What the network reads of `scan` at `places`: values in the order (N, C, (D,) H, W), and the sides (D, H, W) of one
    /// window.
    package func input(
        _ scan: PreparedScan, at places: [Place], border: Preparation.Border
    ) -> (values: [Float], sides: PatchSize) {
        let size = Extent(width: x.input, height: y.input, depth: z.input)
        var values: [Float] = []
        values.reserveCapacity(places.count * scan.channels.count * size.count)
        for place in places {
            let box = CropPad(
                from: scan.geometry.extent, to: size, x: x.starts[place.x], y: y.starts[place.y],
                z: z.starts[place.z])
            for (channel, background) in zip(scan.channels, scan.backgrounds) {
                switch border {
                case .background: values += box.apply(channel, padding: background)
                case .mirror: values += box.applyMirrored(channel, padding: background)
                }
            }
        }
        return (values, PatchSize(width: size.width, height: size.height, depth: size.depth))
    }
}

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
