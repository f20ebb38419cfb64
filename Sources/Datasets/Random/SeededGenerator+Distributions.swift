import Foundation

// The standard library's `random(in:using:)` may change its arithmetic between releases; these do not, so that a
// seed keeps its meaning.
extension SeededGenerator {
    /// A number in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in `range`.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer from 0 up to and without `count`.
    public mutating func index(below count: Int) -> Int { Int(uniform() * Double(count)) }

    /// True with `probability`.
    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// Two independent normal numbers of mean 0 and standard deviation 1 (Marsaglia's polar
    /// method).
    public mutating func normalPair() -> (Double, Double) {
        while true {
            let x = 2 * uniform() - 1, y = 2 * uniform() - 1
            let squared = x * x + y * y
            guard squared < 1, squared > 0 else { continue }
            let factor = (-2 * log(squared) / squared).squareRoot()
            return (x * factor, y * factor)
        }
    }

    /// A normal number of mean 0 and standard deviation 1.
    public mutating func normal() -> Double { normalPair().0 }

    /// `items` in a random order (Fisher and Yates).
    public mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
        var items = items
        for last in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(last, index(below: last + 1))
        }
        return items
    }
}
