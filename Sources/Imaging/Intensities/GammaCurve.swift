import Foundation

/// A gamma curve: intensities as shares of their range, raised to a power. Range and order are kept.
///
/// The power comes from a table over the exponent and the six leading bits of the mantissa of a Float, linear in between:
/// 64 steps for each factor of 2 down to 2⁻²⁴. The relative error is at most g · |g − 1| / 32,768 for a power g, 2.3e-5
/// for 1.5; below 2⁻²⁴ of the range the curve is a straight line to 0.
public struct GammaCurve: Sendable, Hashable {
    /// The power.
    public let exponent: Double
    /// The power of every step from 2⁻²⁴ to 1, and the last one again.
    private let table: [Float]
    private static let octaves = 24
    /// Bits of the mantissa between two steps.
    private static let fractionBits: UInt32 = 17
    /// The bits of 2⁻²⁴.
    private static let firstBits: UInt32 = UInt32(127 - octaves) << 23

    /// The curve of this power, which is greater than 0 and finite.
    public init(exponent: Double) {
        precondition(exponent > 0 && exponent.isFinite, "a power above 0")
        self.exponent = exponent
        let mantissas = (0..<64).map { pow(1 + Double($0) / 64, exponent) }
        var table: [Float] = []
        table.reserveCapacity(Self.octaves * 64 + 2)
        for octave in -Self.octaves..<0 {
            let scale = exp2(Double(octave) * exponent)
            for mantissa in mantissas { table.append(Float(scale * mantissa)) }
        }
        self.table = table + [1, 1]
    }

    /// Applies the curve in place to `pixels`, which lie between `minimum` and `maximum`.
    ///
    /// `inverted`: bright and dark are exchanged before and after, so that a power above 1 brightens.
    public func apply(
        _ pixels: UnsafeMutableBufferPointer<Float>, from minimum: Float, to maximum: Float,
        inverted: Bool = false
    ) {
        let range = maximum - minimum
        guard range > 0, range.isFinite, (1 / range).isFinite else { return }
        let (start, sign) = inverted ? (maximum, -range) : (minimum, range)
        let scale = 1 / sign
        let slope = table[0] * 0x1p24
        let mask = (UInt32(1) << Self.fractionBits) - 1
        table.withUnsafeBufferPointer { table in
            let table = table.baseAddress!
            for index in pixels.indices {
                let share = min(max((pixels[index] - start) * scale, 0), 1)
                let bits = share.bitPattern
                let isTiny = bits < Self.firstBits
                let step = isTiny ? 0 : Int((bits &- Self.firstBits) >> Self.fractionBits)
                let fraction = Float(Int32(truncatingIfNeeded: bits & mask)) * 0x1p-17
                let power = table[step] + fraction * (table[step &+ 1] - table[step])
                pixels[index] = start + sign * (isTiny ? share * slope : power)
            }
        }
    }
}
