import Imaging
import Scoring
import Testing

@Suite struct SurfaceDistancesTests {
    @Test func shiftedBox() throws {
        let grid = Geometry(width: 12, height: 10, depth: 6, spacing: Spacing(1.5, 1.25, 8))
        let one = Self.box(grid, x: 2..<6, y: 2..<6, z: 1..<4)
        let other = Self.box(grid, x: 4..<8, y: 2..<6, z: 1..<4)
        let distances = try #require(SurfaceDistances(of: 1, prediction: one, reference: other))
        #expect(distances.hausdorff == 3)
        #expect(distances.hd95 == 3)
        let same = try #require(SurfaceDistances(of: 1, prediction: one, reference: one))
        #expect(same.hausdorff == 0 && same.assd == 0)
        // 4 × 4 × 3 voxels, of which the 2 × 2 × 1 inner ones are no surface; both directions.
        #expect(same.pooled.count == 2 * (48 - 4))
    }

    @Test func oneSliceIsAPlane() throws {
        let grid = Geometry(width: 7, height: 7, depth: 1, spacing: Spacing(1, 1, 10))
        let square = Self.box(grid, x: 1..<6, y: 1..<6, z: 0..<1)
        #expect(
            try #require(SurfaceDistances(of: 1, prediction: square, reference: square)).pooled.count == 2
                * 16)
    }

    @Test func missingFromEither() {
        let grid = Geometry(width: 3, height: 3, depth: 2, spacing: Spacing(1, 1, 1))
        let some = Self.box(grid, x: 0..<1, y: 0..<1, z: 0..<1)
        let none = LabelMap(geometry: grid, labels: [UInt8](repeating: 0, count: 18))
        #expect(SurfaceDistances(of: 1, prediction: some, reference: none) == nil)
        #expect(SurfaceDistances(of: 1, prediction: none, reference: some) == nil)
        #expect(SurfaceDistances(of: 1, prediction: none, reference: none) == nil)
    }

    @Test func percentilesAreLinear() throws {
        // Two rows of pixels, all surface, whose distances are 0, 1, 2, 3 one way and 0 the other.
        let grid = Geometry(width: 5, height: 1, depth: 1, spacing: Spacing(1, 1, 1))
        let long = LabelMap(geometry: grid, labels: [1, 1, 1, 1, 0])
        let short = LabelMap(geometry: grid, labels: [1, 0, 0, 0, 0])
        let distances = try #require(SurfaceDistances(of: 1, prediction: long, reference: short))
        #expect(distances.pooled == [0, 0, 1, 2, 3])
        #expect(
            distances.percentile(50) == 1 && distances.percentile(0) == 0 && distances.percentile(100) == 3)
        #expect(abs(distances.hd95 - 2.8) < 1e-12)
        #expect(distances.assd == 6.0 / 5)
    }

    /// Every number again from the definition, with all pairs of surface voxels, on random anisotropic masks.
    @Test func agreesWithTheDefinition() throws {
        var seed: UInt64 = 7
        func random() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 40) / Double(1 << 24)
        }
        for share in [0.02, 0.5, 0.9, 1.0] {
            let grid = Geometry(width: 9, height: 8, depth: 4, spacing: Spacing(1.4, 0.9, 7))
            let maps = (0..<2).map { _ in
                LabelMap(geometry: grid, labels: (0..<grid.count).map { $0 == 5 || random() < share ? 1 : 2 })
            }
            let found = try #require(SurfaceDistances(of: 1, prediction: maps[0], reference: maps[1]))
            let expected = Self.pooled(maps[0], maps[1])
            #expect(found.pooled.count == expected.count)
            #expect(zip(found.pooled, expected).allSatisfy { abs($0 - $1) < 1e-9 })
        }
    }

    private static func pooled(_ one: LabelMap, _ other: LabelMap) -> [Double] {
        let grid = one.geometry
        func place(_ index: Int) -> (Int, Int, Int) {
            (index % grid.width, index / grid.width % grid.height, index / grid.sliceCount)
        }
        func surface(_ map: LabelMap) -> [(Int, Int, Int)] {
            map.labels.indices.filter { map.labels[$0] == 1 }.map(place).filter { x, y, z in
                [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)].contains { dx, dy, dz in
                    let isInside =
                        (0..<grid.width).contains(x + dx) && (0..<grid.height).contains(y + dy)
                        && (0..<grid.depth).contains(z + dz)
                    return !isInside || map.labels[grid.index(x + dx, y + dy, z + dz)] != 1
                }
            }
        }
        func distances(_ from: [(Int, Int, Int)], _ to: [(Int, Int, Int)]) -> [Double] {
            from.map { a in
                to.map { b in
                    let x = Double(a.0 - b.0) * grid.spacing.x
                    let y = Double(a.1 - b.1) * grid.spacing.y
                    let z = Double(a.2 - b.2) * grid.spacing.z
                    return (x * x + y * y + z * z).squareRoot()
                }.min() ?? .infinity
            }
        }
        let (first, second) = (surface(one), surface(other))
        return (distances(first, second) + distances(second, first)).sorted()
    }

    private static func box(_ grid: Geometry, x: Range<Int>, y: Range<Int>, z: Range<Int>) -> LabelMap {
        var map = LabelMap(geometry: grid, labels: [UInt8](repeating: 0, count: grid.count))
        for slice in z { for row in y { for column in x { map.labels[grid.index(column, row, slice)] = 1 } } }
        return map
    }
}
