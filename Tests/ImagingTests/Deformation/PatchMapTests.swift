import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct PatchMapTests {
    @Test func nothingDrawnChangesNothing() {
        let size = Extent(width: 17, height: 9)
        let still = ElasticField(
            size: size, displacements: [ElasticField.Displacement](repeating: .init(0, 0), count: 9))
        var generator = SplitMix(seed: 41)
        let values = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
        let labels = (0..<size.count).map { _ in UInt8.random(in: 0...9, using: &generator) }
        for map in [PatchMap(size: size), PatchMap(size: size, elastic: still)] {
            for border in [Border<Float>.constant(7), .mirror] {
                #expect(Self.linear(map, values, size, border: border) == values)
            }
            #expect(Self.nearest(map, labels, size, border: .mirror) == labels)
            #expect(
                Self.nearest(map, labels.map { UInt16($0) * 7000 }, size) == labels.map { UInt16($0) * 7000 })
        }
    }

    /// numpy.pad([[1, 2, 3], [4, 5, 6]], 4, "reflect"), row by row.
    @Test func mirrorsAsNumpyReflects() {
        let expected: [UInt8] = [
            1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3,
            4, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6,
        ]
        let (even, odd) = (Array(expected[..<11]), Array(expected[11...]))
        let size = Extent(width: 3, height: 2)
        let map = PatchMap(size: Extent(width: 11, height: 10), affine: .translation(-4, -4))
        let all = (0..<5).flatMap { _ in even + odd }
        #expect(Self.nearest(map, [1, 2, 3, 4, 5, 6], size, border: .mirror) == all)
        #expect(Self.linear(map, [1, 2, 3, 4, 5, 6], size, border: .mirror) == all.map { Float($0) })
        // Between pixels: −1.5 lies between pixels 2 and 1, −0.5 between 1 and 0, 2.5 between 2 and 1 again.
        let half = PatchMap(size: Extent(width: 6, height: 1), affine: .translation(-1.5, 0))
        #expect(Self.linear(half, [1, 2, 4, 4, 5, 6], size, border: .mirror) == [3, 1.5, 1.5, 3, 3, 1.5])
    }

    @Test func constantBorderFades() {
        let size = Extent(width: 2, height: 1)
        let map = PatchMap(size: Extent(width: 5, height: 1), affine: .translation(-1.25, 0))
        #expect(Self.linear(map, [10, 20], size, border: .constant(2)) == [2, 8, 17.5, 6.5, 2])
        #expect(Self.nearest(map, [1, 2], size, border: .constant(9)) == [9, 1, 2, 9, 9])
    }

    /// Every value against the map's definition in doubles, for distortions together with turns and mirrors.
    @Test func agreesWithTheDefinition() {
        var generator = SplitMix(seed: 42)
        for round in 0..<40 {
            let slice = Extent(
                width: Int.random(in: 1...40, using: &generator),
                height: Int.random(in: 1...40, using: &generator))
            let size = Extent(width: Int.random(in: 1...50, using: &generator), height: 23)
            let field = ElasticField(
                size: size, columns: Int.random(in: 2...5, using: &generator), rows: 3,
                standardDeviation: 4, using: &generator)
            let affine = Affine2D.translation(-25, -12)
                .then(.rotation(radians: Double.random(in: -4...4, using: &generator)))
                .then(.scale(Double.random(in: -2...2, using: &generator), 0.7))
                .then(.translation(Double(slice.width) / 2, Double(slice.height) / 2))
            let map = PatchMap(size: size, affine: affine, elastic: field)
            let values = (0..<slice.count).map { _ in Float.random(in: -1...1, using: &generator) }
            let border: Border<Float> = round % 2 == 0 ? .mirror : .constant(0.5)
            let found = Self.linear(map, values, slice, border: border)
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let place = map(x, y)
                    let (left, top) = (place.x.rounded(.down), place.y.rounded(.down))
                    let (fx, fy) = (place.x - left, place.y - top)
                    var expected = 0.0
                    for (dx, dy, share) in [
                        (0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy),
                        (1, 1, fx * fy),
                    ] {
                        expected += share * Self.pixel(values, slice, Int(left) + dx, Int(top) + dy, border)
                    }
                    #expect(abs(Double(found[y * size.width + x]) - expected) < 1e-3)
                }
            }
        }
    }

    @Test func labelsAreOnlyThoseOfTheSource() {
        var generator = SplitMix(seed: 43)
        let size = Extent(width: 50, height: 40)
        let labels = (0..<size.count).map { _ in UInt8.random(in: 0..<2, using: &generator) * 100 + 3 }
        let map = PatchMap(size: size, elastic: ElasticField(size: size, using: &generator))
        #expect(Set(Self.nearest(map, labels, size, border: .mirror)) == [3, 103])
        #expect(Set(Self.nearest(map, labels, size, border: .constant(0))).isSubset(of: [0, 3, 103]))
    }

    /// An image that shows its own labels still does after the distortion, up to the blur of half a pixel at edges.
    @Test func imageAndLabelsStayAligned() {
        var generator = SplitMix(seed: 44)
        let size = Extent(width: 120, height: 100)
        let labels = (0..<size.count).map { index -> UInt8 in
            let (x, y) = (Double(index % 120) - 60, Double(index / 120) - 50)
            return (x * x + y * y).squareRoot() < 30 ? 1 : 0
        }
        let map = PatchMap(
            size: size, affine: .rotation(radians: 0.2),
            elastic: ElasticField(size: size, standardDeviation: 6, using: &generator))
        let picture = labels.map { Float($0) }
        let image = Self.linear(map, picture, size, border: .mirror)
        let deformed = Self.nearest(map, labels, size, border: .mirror)
        #expect(deformed != labels && deformed.contains(1))
        for (value, label) in zip(image, deformed) where value == 0 || value == 1 {
            #expect(Float(label) == value)
        }
        for y in 0..<size.height {
            for x in 0..<size.width {
                let place = map(x, y)
                let nearest = Self.pixel(
                    picture, size, Int((place.x + 0.5).rounded(.down)),
                    Int((place.y + 0.5).rounded(.down)), .mirror)
                // Rounding to Float may decide otherwise half-way between pixels.
                let isTie = [place.x, place.y].contains { abs($0 - $0.rounded(.down) - 0.5) < 1e-4 }
                #expect(isTie || Float(deformed[y * size.width + x]) == Float(nearest))
            }
        }
    }

    @Test func planesShareOneField() {
        var generator = SplitMix(seed: 45)
        let slice = Extent(width: 20, height: 15)
        let size = Extent(width: 11, height: 13)
        let map = PatchMap(
            size: size, elastic: ElasticField(size: size, standardDeviation: 2, using: &generator))
        // Three planes with a gap of 5 elements between them.
        let stride = slice.count + 5
        let values = (0..<3 * stride).map { _ in Float.random(in: 0...1, using: &generator) }
        let labels = values.map { UInt8($0 * 200) }
        var found = [Float](repeating: -1, count: 3 * size.count)
        map.sampleLinear(
            values, slice: slice, planes: Planes(count: 3, stride: stride), into: &found, border: .mirror)
        var foundLabels = [UInt8](repeating: 255, count: 3 * size.count)
        map.sampleNearest(
            labels, slice: slice, planes: Planes(count: 3, stride: stride), into: &foundLabels,
            border: .mirror)
        for plane in 0..<3 {
            let own = plane * stride..<plane * stride + slice.count
            let part = plane * size.count..<(plane + 1) * size.count
            #expect(Array(found[part]) == Self.linear(map, Array(values[own]), slice, border: .mirror))
            #expect(Array(foundLabels[part]) == Self.nearest(map, Array(labels[own]), slice, border: .mirror))
        }
    }

    @Test func aPartIsCutOutOfTheWhole() {
        var generator = SplitMix(seed: 46)
        let slice = Extent(width: 30, height: 25)
        let size = Extent(width: 28, height: 22)
        let labels = (0..<slice.count).map { _ in UInt8.random(in: 0...9, using: &generator) }
        let values = labels.map { Float($0) }
        let fields: [ElasticField?] = [
            nil, ElasticField(size: size, standardDeviation: 3, using: &generator),
        ]
        for field in fields {
            let map = PatchMap(
                size: size, affine: .rotation(radians: 0.3).then(.translation(4, -2)), elastic: field)
            let part = map.cropped(to: Extent(width: 15, height: 12), x: 3, y: 4)
                .cropped(to: Extent(width: 10, height: 8), x: 2, y: 1)
            #expect(part(1, 2) == map(6, 7))
            let crop = CropPad(from: size, to: part.size, x: 5, y: 5)
            let whole = Self.linear(map, values, slice, border: .mirror)
            let found = Self.linear(part, values, slice, border: .mirror)
            #expect(
                zip(found, crop.apply(whole, padding: .nan)).allSatisfy { abs($0 - $1) < 1e-3 })
            let wholeLabels = Self.nearest(map, labels, slice, border: .mirror)
            let foundLabels = Self.nearest(part, labels, slice, border: .mirror)
            let different = zip(foundLabels, crop.apply(wholeLabels, padding: 255)).count { $0 != $1 }
            // Rounding to Float may decide otherwise half-way between pixels.
            #expect(different <= 1)
        }
    }

    /// Maps that keep pixels copy them; a distortion by nothing makes the same maps interpolate.
    @Test func wholePixelsAreCopied() {
        var generator = SplitMix(seed: 47)
        for round in 0..<200 {
            let slice = Extent(
                width: Int.random(in: 1...20, using: &generator),
                height: Int.random(in: 1...20, using: &generator))
            let size = Extent(
                width: Int.random(in: 1...30, using: &generator),
                height: Int.random(in: 1...30, using: &generator))
            let still = ElasticField(
                size: size, displacements: [ElasticField.Displacement](repeating: .init(0, 0), count: 9))
            let affine = Affine2D.scale(round % 2 == 0 ? 1 : -1, round / 2 % 2 == 0 ? 1 : -1).then(
                .translation(
                    Double(Int.random(in: -25...35, using: &generator)),
                    Double(Int.random(in: -25...35, using: &generator))))
            let labels = (0..<slice.count).map { _ in UInt8.random(in: 0...9, using: &generator) }
            let values = labels.map { Float($0) }
            let (copied, bent) = (
                PatchMap(size: size, affine: affine), PatchMap(size: size, affine: affine, elastic: still)
            )
            for border in [Border<Float>.constant(7), .mirror] {
                #expect(
                    Self.linear(copied, values, slice, border: border)
                        == Self.linear(bent, values, slice, border: border))
            }
            for border in [Border<UInt8>.constant(7), .mirror] {
                #expect(
                    Self.nearest(copied, labels, slice, border: border)
                        == Self.nearest(bent, labels, slice, border: border))
            }
        }
    }

    @Test func aShiftedMapShowsWhatLiesFurtherOn() {
        let map = PatchMap(size: Extent(width: 4, height: 3), affine: .rotation(radians: 0.4))
        let part = map.shifted(2.5, -1).cropped(to: Extent(width: 2, height: 2), x: 1, y: 1)
        let (place, expected) = (part(1, 0), map(2, 1))
        #expect(abs(place.x - expected.x - 2.5) < 1e-12 && abs(place.y - expected.y + 1) < 1e-12)
    }

    private static func pixel(_ values: [Float], _ size: Extent, _ x: Int, _ y: Int, _ border: Border<Float>)
        -> Double
    {
        let isInside = (0..<size.width).contains(x) && (0..<size.height).contains(y)
        if !isInside, case .constant(let value) = border { return Double(value) }
        return Double(
            values[Mirror.index(y, count: size.height) * size.width + Mirror.index(x, count: size.width)])
    }

    private static func linear(_ map: PatchMap, _ values: [Float], _ slice: Extent, border: Border<Float>)
        -> [Float]
    {
        var target = [Float](repeating: .nan, count: map.size.count)
        map.sampleLinear(values, slice: slice, into: &target, border: border)
        return target
    }

    private static func nearest(_ map: PatchMap, _ labels: [UInt8], _ slice: Extent, border: Border<UInt8>)
        -> [UInt8]
    {
        var target = [UInt8](repeating: 255, count: map.size.count)
        map.sampleNearest(labels, slice: slice, into: &target, border: border)
        return target
    }

    private static func nearest(_ map: PatchMap, _ labels: [UInt16], _ slice: Extent) -> [UInt16] {
        var target = [UInt16](repeating: 255, count: map.size.count)
        map.sampleNearest(labels, slice: slice, into: &target, border: .mirror)
        return target
    }
}
