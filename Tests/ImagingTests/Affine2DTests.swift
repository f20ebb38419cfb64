import Imaging
import TestSupport
import Testing

@Suite struct Affine2DTests {
    @Test func identityCopies() {
        let values = (0..<20).map { Float($0 * $0) }
        #expect(
            Self.linear(.identity, values, Extent(width: 5, height: 4), Extent(width: 5, height: 4)) == values
        )
    }

    @Test func composesAndInverts() throws {
        let map = Affine2D.translation(-3, 2).then(.rotation(radians: 0.7)).then(.scale(1.5, -0.5))
        let step = Affine2D.translation(-3, 2)(4, 5)
        let turned = Affine2D.rotation(radians: 0.7)(step.x, step.y)
        let expected = Affine2D.scale(1.5, -0.5)(turned.x, turned.y)
        let found = map(4, 5)
        #expect(abs(found.x - expected.x) < 1e-12 && abs(found.y - expected.y) < 1e-12)
        let inverse = try #require(map.inverse)
        let back = inverse(found.x, found.y)
        #expect(abs(back.x - 4) < 1e-12 && abs(back.y - 5) < 1e-12)
        #expect(Affine2D.scale(1, 0).inverse == nil)
    }

    @Test func quarterTurnMovesPixels() {
        // Target (x, y) shows source (2 − y, x): the picture turned by 90°.
        let turn = Affine2D(xx: 0, xy: -1, x0: 2, yx: 1, yy: 0, y0: 0)
        let source: [Float] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
        let size = Extent(width: 3, height: 3)
        #expect(Self.linear(turn, source, size, size) == [2, 5, 8, 1, 4, 7, 0, 3, 6])
        #expect(Self.nearest(turn, source.map { UInt8($0) }, size, size) == [2, 5, 8, 1, 4, 7, 0, 3, 6])
    }

    @Test func shearsRowsAndColumns() {
        let (across, down) = (Affine2D.shear(0.5, 0)(2, 4), Affine2D.shear(0, -2)(2, 4))
        #expect(across.x == 4 && across.y == 4)
        #expect(down.x == 2 && down.y == 0)
    }

    @Test func fadesIntoThePadding() {
        let size = Extent(width: 2, height: 1)
        let shifted = Self.linear(
            .translation(-1.25, 0), [10, 20], size, Extent(width: 5, height: 1), padding: 2)
        #expect(shifted == [2, 8, 17.5, 6.5, 2])
        #expect(
            Self.nearest(.translation(-1.25, 0), [1, 2], size, Extent(width: 5, height: 1), padding: 9) == [
                9, 1, 2, 9, 9,
            ])
    }

    /// Against the definition in doubles, for maps that turn, mirror, shrink, miss the source, or squeeze it.
    @Test func agreesWithTheDefinition() {
        var generator = SplitMix(seed: 3)
        for round in 0..<120 {
            let size = Extent(
                width: Int.random(in: 1...30, using: &generator),
                height: Int.random(in: 1...30, using: &generator))
            let target = Extent(width: Int.random(in: 1...40, using: &generator), height: 17)
            var map = Affine2D.translation(Double.random(in: -20...20, using: &generator), -8)
                .then(.rotation(radians: Double.random(in: -4...4, using: &generator)))
                .then(
                    .scale(
                        Double.random(in: -2...2, using: &generator),
                        Double.random(in: 0.2...3, using: &generator))
                )
                .then(.translation(Double(size.width) / 2, Double(size.height) / 2))
            if round % 10 == 0 { map = Affine2D(xx: 0, xy: 0, x0: 1.5, yx: 0, yy: 0, y0: 0.5) }
            let values = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
            let found = Self.linear(map, values, size, target, padding: 5)
            for y in 0..<target.height {
                for x in 0..<target.width {
                    let place = map(Double(x), Double(y))
                    let expected = Self.value(values, size, place.x, place.y, 5)
                    #expect(abs(Double(found[y * target.width + x]) - expected) < 1e-3)
                }
            }
        }
    }

    @Test func labelsAreOnlyThoseOfTheSource() {
        var generator = SplitMix(seed: 4)
        let size = Extent(width: 25, height: 20)
        let labels = (0..<size.count).map { _ in UInt8.random(in: 1...3, using: &generator) }
        let map = Affine2D.rotation(radians: 0.4).then(.translation(2.3, -4.1))
        let found = Self.nearest(map, labels, size, size, padding: 7)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let place = map(Double(x), Double(y))
                let (column, row) = (Int((place.x + 0.5).rounded(.down)), Int((place.y + 0.5).rounded(.down)))
                let isInside = (0..<size.width).contains(column) && (0..<size.height).contains(row)
                #expect(found[y * size.width + x] == (isInside ? labels[row * size.width + column] : 7))
            }
        }
    }

    private static func value(_ values: [Float], _ size: Extent, _ x: Double, _ y: Double, _ padding: Double)
        -> Double
    {
        guard x.isFinite, y.isFinite, abs(x) < 1e6, abs(y) < 1e6 else { return padding }
        func pixel(_ x: Int, _ y: Int) -> Double {
            (0..<size.width).contains(x) && (0..<size.height).contains(y)
                ? Double(values[y * size.width + x]) : padding
        }
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (fx, fy) = (x - Double(left), y - Double(top))
        return (1 - fy) * ((1 - fx) * pixel(left, top) + fx * pixel(left + 1, top))
            + fy * ((1 - fx) * pixel(left, top + 1) + fx * pixel(left + 1, top + 1))
    }

    private static func linear(
        _ map: Affine2D, _ values: [Float], _ size: Extent, _ target: Extent, padding: Float = 0
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: target.count) { output, count in
            PatchMap(size: target, affine: map).sampleLinear(
                values, slice: size, into: output.baseAddress!, border: .constant(padding))
            count = target.count
        }
    }

    private static func nearest(
        _ map: Affine2D, _ values: [UInt8], _ size: Extent, _ target: Extent, padding: UInt8 = 0
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: target.count) { output, count in
            PatchMap(size: target, affine: map).sampleNearest(
                values, slice: size, into: output.baseAddress!, border: .constant(padding))
            count = target.count
        }
    }
}
