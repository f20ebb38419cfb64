import Imaging
import Testing

@Suite struct PercentilesTests {
    /// numpy's `linear` method, on sorted values.
    private func bySorting(_ values: [Float], _ percentile: Double) -> Float {
        let sorted = values.sorted()
        let position = percentile / 100 * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + Float(position - Double(below)) * (sorted[above] - sorted[below])
    }

    @Test(arguments: [1, 2, 3, 17, 1000, 70_000])
    func agreeWithSorting(_ count: Int) {
        var generator = SystemRandomNumberGenerator()
        let values = (0..<count).map { index in
            index % 5 == 0 ? Float(index % 7) - 3 : Float.random(in: -1000...1000, using: &generator)
        }
        let percentiles = [0, 0.5, 25, 50, 99.5, 100]
        #expect(Percentiles.of(values, percentiles) == percentiles.map { bySorting(values, $0) })
    }

    @Test func differencesBeyondFloat() {
        #expect(Percentiles.of([3e38, -3e38], [0, 50, 100]) == [-3e38, 0, 3e38])
    }

    @Test func manyEqualValues() {
        let values = [Float](repeating: 0, count: 990) + [Float](repeating: 5, count: 10)
        #expect(Percentiles.of(values, [50, 98, 100]) == [0, 0, 5])
    }
}
