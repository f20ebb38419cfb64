import Imaging
import Report
import Testing

@Suite struct OverlayTests {
    let grid = Geometry(width: 12, height: 10, depth: 2, spacing: Spacing(1, 1, 8))

    @Test func windowLeavesOutTheExtremesAndWhatIsNotFinite() {
        let line = Geometry(width: 1001, height: 1, depth: 1, spacing: Spacing(1, 1, 1))
        var scan = volume(line) { x, _, _ in Float(x) }
        #expect(GrayWindow(of: scan, slice: 0) == GrayWindow(black: 5, white: 995))
        scan.voxels[3] = .infinity
        scan.voxels[4] = .nan
        #expect(GrayWindow(of: scan, slice: 0, percentiles: 0...100) == GrayWindow(black: 0, white: 1000))
        let window = GrayWindow(black: 10, white: 20)
        #expect(
            [-5, 10, 15, 20, 99, Float.nan, .infinity].map(window.level) == [0, 0, 128, 255, 255, 0, 255])
        #expect(GrayWindow(black: 3, white: 3).level(3) == 0)
    }

    @Test func windowBeyondFloat() {
        let scan = volume(Geometry(pixels: 2, 1)) { x, _, _ in x == 0 ? -3e38 : 3e38 }
        #expect(scan.voxels.map(GrayWindow(of: scan, slice: 0).level) == [0, 255])
        let window = GrayWindow(black: -3e38, white: 3e38)
        #expect(([-3e38, 0, 3e38, .infinity] as [Float]).map(window.level) == [0, 128, 255, 255])
        #expect(GrayWindow(black: 0, white: .infinity).level(.infinity) == 0)
    }

    @Test func windowOfASliceIsItsOwn() {
        let scan = volume(grid) { x, _, z in Float(x + 100 * z) }
        #expect(GrayWindow(of: scan, slice: 1, percentiles: 0...100) == GrayWindow(black: 100, white: 111))
        let part = SliceRegion(x: 2, y: 1, width: 5, height: 4)
        #expect(
            GrayWindow(of: scan, slice: 0, region: part, percentiles: 0...100)
                == GrayWindow(black: 2, white: 6))
    }

    @Test func atFullSizeThePictureIsTheSlice() throws {
        let scan = volume(grid) { x, y, z in Float(x + 12 * y + 50 * z) }
        let overlay = try Overlay(of: scan, structures: heart, window: GrayWindow(black: 0, white: 255))
        let picture = overlay.picture(slice: 1, scale: 1)
        #expect(picture.width == 12)
        #expect(picture.height == 10)
        #expect(picture[0, 0] == .gray(50))
        #expect(picture[7, 9] == .gray(165))
        #expect(picture.isGray)
    }

    @Test func rowsKeepTheirProportions() throws {
        let flat = Geometry(width: 12, height: 10, depth: 1, spacing: Spacing(1, 2, 8))
        let overlay = try Overlay(of: volume(flat) { x, _, _ in Float(x) }, structures: heart)
        let picture = overlay.picture(slice: 0, scale: 3)
        #expect(picture.width == 36)
        #expect(picture.height == 60)
    }

    @Test(arguments: [(1e-22, 1.0, 16_384), (1.0, 1e-22, 1)])
    func spacingThatNoScannerHas(x: Double, y: Double, height: Int) throws {
        let odd = Geometry(width: 12, height: 10, depth: 1, spacing: Spacing(x, y, 8))
        let map = labels(odd) { x, y, _ in x == 5 && y == 5 ? 1 : 0 }
        let region = try SliceRegion(around: [map], margin: 2, on: odd)
        #expect(x < 1 ? region.width == 12 : region.height == 10)
        let overlay = try Overlay(
            of: volume(odd) { x, _, _ in Float(x) }, layers: [OverlayLayer(map)], structures: heart)
        let picture = overlay.picture(slice: 0, scale: 1)
        #expect(picture.width == 12 && picture.height == height)
    }

    @Test func contourRunsAroundTheLabel() throws {
        let map = labels(grid) { x, y, z in z == 0 && (3...7).contains(x) && (2...6).contains(y) ? 3 : 0 }
        let overlay = try Overlay(
            of: volume(grid) { x, _, _ in Float(x) }, layers: [OverlayLayer(map)], structures: heart)
        let picture = overlay.picture(slice: 0, scale: 8)
        let line = picture.pixels(of: Palette.color(2))
        // The outermost voxels' outer edges are at 24 and 64 across, 16 and 56 down; the line is two pixels wide
        // and its outer pixel may have been smoothed.
        #expect((23...24).contains(line.map(\.x).min() ?? 0))
        #expect((63...64).contains(line.map(\.x).max() ?? 0))
        #expect((15...16).contains(line.map(\.y).min() ?? 0))
        #expect((55...56).contains(line.map(\.y).max() ?? 0))
        #expect(
            line.allSatisfy { !((26...61).contains($0.x) && (18...53).contains($0.y)) || Self.isCorner($0) })
        #expect(overlay.picture(slice: 1, scale: 8).isGray)
    }

    /// Corners of the outline are rounded, so it runs inside the square there.
    private static func isCorner(_ pixel: (x: Int, y: Int)) -> Bool {
        (pixel.x < 32 || pixel.x > 55) && (pixel.y < 24 || pixel.y > 47)
    }

    @Test func aSingleVoxelIsSeen() throws {
        let map = labels(grid) { x, y, _ in x == 5 && y == 5 ? 1 : 0 }
        let overlay = try Overlay(
            of: volume(grid) { _, _, _ in 0 }, layers: [OverlayLayer(map)], structures: heart)
        #expect(!overlay.picture(slice: 0, scale: 4).isGray)
    }

    @Test func fillTintsTheInside() throws {
        let map = labels(grid) { x, y, _ in x < 6 ? 1 : 0 }
        let overlay = try Overlay(
            of: volume(grid) { _, _, _ in 0 }, layers: [OverlayLayer(map, style: .filled(opacity: 0.5))],
            structures: heart)
        let picture = overlay.picture(slice: 0, scale: 6)
        #expect(picture[18, 30] == Color.black.mixed(with: Palette.color(0), 0.5))
        #expect(picture[60, 30] == .black)
    }

    @Test func labelsThatAreNoStructureAreLeftOut() throws {
        let map = labels(grid) { x, y, _ in x == 5 ? 9 : 0 }
        let overlay = try Overlay(
            of: volume(grid) { x, _, _ in Float(x) }, layers: [OverlayLayer(map)], structures: heart)
        #expect(overlay.picture(slice: 0, scale: 4).isGray)
    }

    @Test func regionIsTheHeartWithItsMargin() throws {
        let wide = Geometry(width: 100, height: 80, depth: 2, spacing: Spacing(2, 2, 8))
        let map = labels(wide) { x, y, z in
            z == 1 && (40...49).contains(x) && (30...33).contains(y) ? 2 : 0
        }
        // 10 pixels of 2 mm and 20 mm on both sides are 60 mm.
        #expect(
            try SliceRegion(around: [map], on: wide) == SliceRegion(x: 30, y: 17, width: 30, height: 30))
        #expect(
            try SliceRegion(around: [map], margin: 500, on: wide)
                == SliceRegion(x: 0, y: 0, width: 100, height: 80))
        let empty = labels(wide) { _, _, _ in 0 }
        #expect(try SliceRegion(around: [empty], on: wide) == SliceRegion(of: wide))
    }

    @Test func regionStaysInsideTheScan() throws {
        let map = labels(grid) { x, y, _ in x == 11 && y == 0 ? 1 : 0 }
        #expect(
            try SliceRegion(around: [map], margin: 2, on: grid)
                == SliceRegion(x: 7, y: 0, width: 5, height: 5))
    }
}
