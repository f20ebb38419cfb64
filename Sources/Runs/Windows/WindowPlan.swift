import Imaging
import UNetDesign

/// The windows in which a network sees a scan: every combination of those along x, y and z.
package struct WindowPlan: Equatable, Sendable {
    package let x: WindowAxis
    package let y: WindowAxis
    package let z: WindowAxis

    /// Returns the maximum number of voxels to pass to `network` at once, which take about 2 GB.
    static func largest(for network: NetworkConfiguration) -> Int {
        (1 << 21) * 16 / max(16, network.filters)
    }

    /// Returns the number of windows that the network can see at once, at most `wanted`.
    package func batchSize(_ wanted: Int, for network: NetworkConfiguration) -> Int {
        max(1, min(wanted, Self.largest(for: network) / (x.input * y.input * z.input)))
    }

    /// Returns the windows for a scan of `extent`.
    ///
    /// Networks that preserve the size see the whole scan, or whole slices in 2D, padded evenly to the multiple they
    /// require. If `window` is given, or the whole would exceed `largest` voxels, they see overlapping windows with
    /// Gaussian weights. Networks that lose a margin see tiles that yield each pixel once.
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

    /// Returns tiles along `axis` of a tensor's spatial axes: of the requested window, or the smallest that cover the
    /// axis in as few tiles as an input of about `side` pixels allows. A tile yields at least one multiple of the
    /// poolings.
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
    /// The place of a window: its index along each axis.
    package struct Place: Sendable {
        package let x: Int
        package let y: Int
        package let z: Int
    }

    /// The places of all windows, x fastest, then y, then z.
    package var places: [Place] {
        z.starts.indices.flatMap { z in
            y.starts.indices.flatMap { y in x.starts.indices.map { Place(x: $0, y: y, z: z) } }
        }
    }

    /// Returns the network's input from `scan` at `places`: values in the order (N, C, (D,) H, W), and the sides (D, H,
    /// W) of one window.
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

/// The positions and weights of windows along one axis of a scan.
///
/// A window reads `input` voxels from `start`, which can lie outside the scan, and yields `input − 2 · margin` of them,
/// from `start + margin`.
package struct WindowAxis: Equatable, Sendable {
    /// The number of voxels of the scan.
    package let size: Int
    /// The number of voxels that a window reads.
    package let input: Int
    /// The number of voxels that a window's output lacks at either end.
    package let margin: Int
    /// The first voxel that each window reads.
    package let starts: [Int]
    /// The weight of each voxel of a window's output, in (0, 1].
    package let weights: [Float]

    /// The number of voxels that a window yields.
    package var output: Int { input - 2 * margin }

    /// Returns one window around the whole scan of `size` voxels, enlarged to a multiple of `multiple`.
    static func whole(_ size: Int, multiple: Int) -> WindowAxis {
        let input = (size + multiple - 1) / multiple * multiple
        return WindowAxis(
            size: size, input: input, margin: 0, starts: [-((input - size) / 2)],
            weights: [Float](repeating: 1, count: input))
    }

    /// Returns windows of `input` voxels that overlap by at least half, weighted by a Gaussian of σ = input / 8 around
    /// their center (nnU-Net, Isensee et al. 2021); a single one for a smaller scan.
    static func gaussian(_ size: Int, input: Int) -> WindowAxis {
        let windows = SlidingWindow(size: size, window: input)
        let weights =
            windows.starts.count == 1
            ? [Float](repeating: 1, count: input) : GaussianWindow(Extent(width: input, height: 1)).x
        return WindowAxis(size: size, input: input, margin: 0, starts: windows.starts, weights: weights)
    }

    /// Returns adjacent tiles, read with a margin of `margin` voxels (overlap-tile, Ronneberger et al. 2015). They
    /// begin at multiples of `multiple`, so their pooling grids are those of a single large pass.
    static func tiles(_ size: Int, output: Int, margin: Int, multiple: Int) -> WindowAxis {
        let grid = TileGrid(size: size, output: output, margin: margin, multiple: multiple)
        return WindowAxis(
            size: size, input: grid.input, margin: margin, starts: grid.tiles.map(\.inputStart),
            weights: [Float](repeating: 1, count: output))
    }
}

extension WindowAxis {
    /// Returns single slices, for 2D networks.
    static func slices(_ count: Int) -> WindowAxis {
        WindowAxis(size: count, input: 1, margin: 0, starts: Array(0..<count), weights: [1])
    }

    /// Returns the range of the output of window `index` that lies in the scan.
    func kept(_ index: Int) -> Range<Int> {
        let first = starts[index] + margin
        let lower = max(0, -first)
        return lower..<max(lower, min(output, size - first))
    }

    /// The total weight of all windows for each voxel of the scan.
    var total: [Float] {
        var total = [Float](repeating: 0, count: size)
        for index in starts.indices {
            for voxel in kept(index) { total[starts[index] + margin + voxel] += weights[voxel] }
        }
        return total
    }
}
