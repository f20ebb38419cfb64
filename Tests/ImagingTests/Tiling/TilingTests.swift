import Imaging
import Testing

@Suite struct TilingTests {
    @Test func mirrorsAboutTheOutermostPixels() {
        // numpy.pad(range(4), 8, "reflect")
        #expect(
            (-8..<12).map { Mirror.index($0, count: 4) } == [
                2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1,
            ])
        #expect((-3...3).map { Mirror.index($0, count: 1) } == [Int](repeating: 0, count: 7))
        #expect((-3...4).map { Mirror.index($0, count: 2) } == [1, 0, 1, 0, 1, 0, 1, 0])
    }

    @Test func tilesOfThePaper() {
        // 388-pixel outputs of 572-pixel inputs advance by 384, a multiple of 2⁴.
        let grid = TileGrid(size: 512, output: 388, margin: 92, multiple: 16)
        #expect(grid.step == 384 && grid.input == 572)
        #expect(grid.tiles.map(\.inputStart) == [-92, 292])
        #expect(grid.tiles.map(\.kept) == [0..<384, 384..<512])
        // One tile suffices up to its own output size, though the step is smaller.
        #expect(TileGrid(size: 388, output: 388, margin: 92, multiple: 16).tiles.map(\.kept) == [0..<388])
        #expect(
            TileGrid(size: 772, output: 388, margin: 92, multiple: 16).tiles.map(\.kept) == [
                0..<384, 384..<772,
            ])
        #expect(TileGrid(size: 773, output: 388, margin: 92, multiple: 16).tiles.count == 3)
        #expect(TileGrid(size: 1, output: 1, margin: 0, multiple: 1).tiles.map(\.kept) == [0..<1])
    }

    @Test func everyPixelIsKeptOnce() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let multiple = 1 << Int.random(in: 0...4, using: &generator)
            let output = Int.random(in: multiple...100, using: &generator)
            let size = Int.random(in: 1...400, using: &generator)
            let grid = TileGrid(
                size: size, output: output, margin: Int.random(in: 0...50, using: &generator),
                multiple: multiple)
            var next = 0
            for tile in grid.tiles {
                #expect(tile.kept.lowerBound == next && !tile.kept.isEmpty)
                #expect(tile.start % multiple == 0 && tile.inputStart == tile.start - grid.margin)
                #expect(tile.keptInOutput.lowerBound >= 0 && tile.keptInOutput.upperBound <= output)
                next = tile.kept.upperBound
            }
            #expect(next == size)
        }
    }

    /// A network that sums over its field of view gives the same through tiles as on the whole mirrored image.
    @Test(arguments: [
        (Extent(width: 23, height: 9, depth: 3), Extent(width: 8, height: 5, depth: 2), (3, 4, 2)),
        (Extent(width: 2, height: 40, depth: 1), Extent(width: 5, height: 17, depth: 1), (6, 0, 3)),
        (Extent(width: 12, height: 12, depth: 1), Extent(width: 30, height: 4, depth: 1), (1, 1, 0)),
    ])
    func tilesGiveWhatOnePassGives(size: Extent, output: Extent, margin: (x: Int, y: Int, z: Int)) {
        let tiling = Tiling(
            x: TileGrid(size: size.width, output: output.width, margin: margin.x, multiple: 2),
            y: TileGrid(size: size.height, output: output.height, margin: margin.y, multiple: 2),
            z: TileGrid(size: size.depth, output: output.depth, margin: margin.z, multiple: 1))
        #expect(tiling.size == size && tiling.output == output)
        let channels = 2
        var generator = SeededGenerator(seed: 12)
        let image = (0..<channels * size.count).map { _ in Int.random(in: 0..<1000, using: &generator) }
        var found = [Int](repeating: -1, count: image.count)
        var writes = [Int](repeating: 0, count: image.count)
        for tile in tiling.tiles {
            var input = [Int](repeating: -1, count: channels * tiling.input.count)
            image.withUnsafeBufferPointer { image in
                input.withUnsafeMutableBufferPointer {
                    tiling.extract(tile, of: image, channels: channels, into: $0)
                }
            }
            let sums = Self.sums(input, channels, tiling.input, output)
            found.withUnsafeMutableBufferPointer { found in
                sums.withUnsafeBufferPointer { tiling.paste($0, of: tile, channels: channels, into: found) }
            }
            for z in tile.z.kept {
                for y in tile.y.kept { for x in tile.x.kept { writes[size.index(x, y, z)] += 1 } }
            }
        }
        #expect(writes[..<size.count].allSatisfy { $0 == 1 })
        let large = Extent(
            width: size.width + 2 * margin.x, height: size.height + 2 * margin.y,
            depth: size.depth + 2 * margin.z)
        var padded: [Int] = []
        for channel in 0..<channels {
            for z in 0..<large.depth {
                for y in 0..<large.height {
                    for x in 0..<large.width {
                        let place = size.index(
                            Mirror.index(x - margin.x, count: size.width),
                            Mirror.index(y - margin.y, count: size.height),
                            Mirror.index(z - margin.z, count: size.depth))
                        padded.append(image[channel * size.count + place])
                    }
                }
            }
        }
        #expect(found == Self.sums(padded, channels, large, size))
    }

    @Test func windowsAreGaussian() {
        let window = GaussianWindow(Extent(width: 16, height: 5, depth: 1))
        #expect(window.z == [1] && window.y[2] == 1 && window.x[7] == 1 && window.x[8] == 1)
        // The standard deviation is 2 pixels; the ends lie 7.5 pixels from the middle, the largest weights 0.5.
        #expect(abs(window.x[0] - 0.000911882) < 1e-8 && abs(window.x[5] - 0.4723666) < 1e-6)
        let weights = window.weights
        #expect(weights.count == 80 && weights.max() == 1 && weights.min()! > 0)
        #expect(weights == weights.reversed())
        #expect(weights[3 * 16 + 5] == window.x[5] * window.y[3])
        let volume = GaussianWindow(Extent(width: 160, height: 160, depth: 16)).weights
        #expect(volume.min()! > 1e-11)
    }

    @Test func slidingWindowsOverlap() {
        #expect(SlidingWindow(size: 512, window: 256).starts == [0, 128, 256])
        #expect(SlidingWindow(size: 10, window: 10).starts == [0])
        #expect(SlidingWindow(size: 6, window: 11).starts == [-2])
        #expect(SlidingWindow(size: 21, window: 16).starts == [0, 5])
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<300 {
            let window = Int.random(in: 1...64, using: &generator)
            let size = Int.random(in: 1...300, using: &generator)
            let overlap = Double.random(in: 0..<0.95, using: &generator)
            let starts = SlidingWindow(size: size, window: window, overlap: overlap).starts
            guard size > window else {
                #expect(starts.count == 1)
                continue
            }
            #expect(starts.first == 0 && starts.last == size - window)
            let largest = max(1, Double(window) * (1 - overlap))
            #expect(
                zip(starts, starts.dropFirst()).allSatisfy { $1 > $0 && Double($1 - $0) <= largest })
        }
    }

    /// Every voxel of the target is the sum over the source's box between it and the opposite margin.
    private static func sums(_ source: [Int], _ channels: Int, _ from: Extent, _ to: Extent) -> [Int] {
        var sums: [Int] = []
        for channel in 0..<channels {
            for z in 0..<to.depth {
                for y in 0..<to.height {
                    for x in 0..<to.width {
                        var sum = 0
                        for dz in 0...(from.depth - to.depth) {
                            for dy in 0...(from.height - to.height) {
                                let row = channel * from.count + from.index(x, y + dy, z + dz)
                                for dx in 0...(from.width - to.width) {
                                    sum += (dx + 2 * dy + 1) * source[row + dx]
                                }
                            }
                        }
                        sums.append(sum)
                    }
                }
            }
        }
        return sums
    }
}
