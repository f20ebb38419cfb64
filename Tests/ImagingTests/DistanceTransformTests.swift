import Imaging
import TestSupport
import Testing

@Suite struct DistanceTransformTests {
    @Test(arguments: [
        (Spacing(1, 1, 1), 0.02), (Spacing(1.37, 1.37, 10), 0.01), (Spacing(0.7, 1.9, 0.3), 0.3),
    ])
    func agreesWithEveryPair(spacing: Spacing, share: Double) {
        var generator = SplitMix(seed: 6)
        for extent in [
            Extent(width: 17, height: 9, depth: 6), Extent(width: 1, height: 30),
            Extent(width: 23, height: 19),
        ] {
            var mask = (0..<extent.count).map { _ in Double.random(in: 0..<1, using: &generator) < share }
            mask[Int.random(in: 0..<extent.count, using: &generator)] = true
            let found = DistanceTransform(to: mask, extent: extent, spacing: spacing)
            let seeds = mask.indices.filter { mask[$0] }
            for index in mask.indices {
                let expected = seeds.map { Self.squared(index, $0, extent, spacing) }.min()!
                #expect(abs(found.squared[index] - expected) <= 1e-9 * max(1, expected))
                #expect(abs(found.distance(at: index) - expected.squareRoot()) < 1e-9 * max(1, expected))
            }
        }
    }

    @Test func emptyMaskIsInfinitelyFar() {
        let found = DistanceTransform(
            to: [Bool](repeating: false, count: 12), extent: Extent(width: 3, height: 2, depth: 2),
            spacing: Spacing(1, 1, 1))
        #expect(found.squared.allSatisfy { $0 == .infinity })
    }

    @Test func maskIsAtZero() {
        let mask = [true, true, false, true]
        let found = DistanceTransform(
            to: mask, extent: Extent(width: 4, height: 1), spacing: Spacing(2.5, 1, 1))
        #expect(found.squared == [0, 0, 6.25, 0])
    }

    private static func squared(_ one: Int, _ other: Int, _ extent: Extent, _ spacing: Spacing) -> Double {
        let x = Double(one % extent.width - other % extent.width) * spacing.x
        let y = Double(one / extent.width % extent.height - other / extent.width % extent.height) * spacing.y
        let z = Double(one / extent.sliceCount - other / extent.sliceCount) * spacing.z
        return x * x + y * y + z * z
    }
}
