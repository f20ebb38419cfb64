import Foundation

/// A random generator that gives the same numbers for the same seed on every machine: xoshiro256** (Blackman and Vigna
/// 2018), with its state filled by SplitMix64.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    @usableFromInline
    var state: (UInt64, UInt64, UInt64, UInt64)

    /// Creates a generator with a sequence that `seed` determines.
    public init(seed: UInt64) {
        var counter = seed
        func next() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            return Self.mixed(counter)
        }
        state = (next(), next(), next(), next())
    }

    /// Creates a generator for one part of a larger job, such as a patient's slice: its numbers do not depend on the
    /// order in which the parts are done.
    public init(seed: UInt64, stream: UInt64...) {
        self.init(seed: stream.reduce(Self.mixed(seed)) { Self.mixed($0 ^ ($1 &+ 0x9E37_79B9_7F4A_7C15)) })
    }

    /// Returns the next 64 random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

// The standard library's `random(in:using:)` may change its arithmetic between releases; these do not, so that a
// seed keeps its meaning.
extension SeededGenerator {
    /// Returns a number in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Returns a number in `range`.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Returns an integer from 0 up to, but not including, `count`.
    public mutating func index(below count: Int) -> Int { Int(uniform() * Double(count)) }

    /// Returns true with `probability`.
    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// Returns two independent normal numbers of mean 0 and standard deviation 1 (Marsaglia's polar method).
    public mutating func normalPair() -> (Double, Double) {
        while true {
            let x = 2 * uniform() - 1, y = 2 * uniform() - 1
            let squared = x * x + y * y
            guard squared < 1, squared > 0 else { continue }
            let factor = (-2 * log(squared) / squared).squareRoot()
            return (x * factor, y * factor)
        }
    }

    /// Returns a normal number of mean 0 and standard deviation 1.
    public mutating func normal() -> Double { normalPair().0 }

    /// Returns `items` in a random order (Fisher and Yates).
    public mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
        var items = items
        for last in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(last, index(below: last + 1))
        }
        return items
    }
}
