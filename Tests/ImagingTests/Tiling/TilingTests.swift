import Imaging
import TestSupport
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
        var generator = SplitMix(seed: 11)
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

    @Test(arguments: [(5, 4, -3, -2), (3, 2, -7, 1), (1, 6, -2, -9), (9, 9, 2, 3)])
    func boxesBeyondTheEdgeAreMirrored(width: Int, height: Int, x: Int, y: Int) {
        let source = Extent(width: width, height: height, depth: 2)
        let target = Extent(width: 11, height: 8, depth: 4)
        let values = (0..<source.count).map { Int16($0) }
        let box = CropPad(from: source, to: target, x: x, y: y, z: -1)
        let found = box.applyMirrored(values, padding: -5)
        for slice in 0..<4 {
            for row in 0..<8 {
                for column in 0..<11 {
                    let place = source.index(
                        Mirror.index(x + column, count: width), Mirror.index(y + row, count: height), 0)
                    let expected =
                        (1...2).contains(slice) ? values[place + (slice - 1) * source.sliceCount] : -5
                    #expect(found[target.index(column, row, slice)] == expected)
                }
            }
        }
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
        var generator = SplitMix(seed: 13)
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
}
