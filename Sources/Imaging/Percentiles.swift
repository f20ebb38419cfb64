/// Percentiles of many values without sorting them.
public enum Percentiles {
    /// Returns the values of `voxels` at `percentiles` (0 to 100), interpolated between ranks like numpy's default
    /// `linear` method.
    ///
    /// Two passes over the values count the upper and lower halves of their bits: exact, and linear in their number.
    /// `voxels` must not be empty, and all values must be finite.
    public static func of(_ voxels: [Float], _ percentiles: [Double]) -> [Float] {
        precondition(!voxels.isEmpty, "percentiles of at least one value")
        let positions = percentiles.map { $0 / 100 * Double(voxels.count - 1) }
        let ranks = positions.flatMap { [Int($0), min(Int($0) + 1, voxels.count - 1)] }
        let values = voxels.withUnsafeBufferPointer { valuesOfRank(ranks, in: $0) }
        return positions.indices.map { index in
            let (below, above) = (values[2 * index], values[2 * index + 1])
            let fraction = Float(positions[index] - positions[index].rounded(.down))
            let step = above - below
            guard step.isFinite else {
                return Float(Double(below) + Double(fraction) * (Double(above) - Double(below)))
            }
            return below + fraction * step
        }
    }

    private static func valuesOfRank(_ ranks: [Int], in voxels: UnsafeBufferPointer<Float>) -> [Float] {
        var upper = [Int](repeating: 0, count: 1 << 16)
        for value in voxels { upper[Int(orderedBits(value) >> 16)] += 1 }
        // Ranks that fall into one bucket share the second pass over it.
        var lower: [Int: [Int]] = [:]
        let places = ranks.map { rank in
            var before = 0
            var bucket = 0
            while before + upper[bucket] <= rank {
                before += upper[bucket]
                bucket += 1
            }
            return (bucket: bucket, rest: rank - before)
        }
        for bucket in Set(places.map(\.bucket)) {
            var counts = [Int](repeating: 0, count: 1 << 16)
            for value in voxels where Int(orderedBits(value) >> 16) == bucket {
                counts[Int(orderedBits(value) & 0xffff)] += 1
            }
            lower[bucket] = counts
        }
        return places.map { place in
            guard let counts = lower[place.bucket] else { preconditionFailure("every bucket was counted") }
            var rest = place.rest
            var low = 0
            while rest >= counts[low] {
                rest -= counts[low]
                low += 1
            }
            return value(UInt32(place.bucket) << 16 | UInt32(low))
        }
    }

    /// Returns bits that compare as integers in the order of the numbers.
    private static func orderedBits(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }

    private static func value(_ ordered: UInt32) -> Float {
        Float(bitPattern: ordered & 0x8000_0000 != 0 ? ordered & 0x7fff_ffff : ~ordered)
    }
}
