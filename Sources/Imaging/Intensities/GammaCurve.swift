import Foundation

/// A gamma curve: intensities as shares of their range, raised to a power. Range and order are kept.
///
/// The power comes from a table over the exponent and the six leading bits of the mantissa of a Float, linear in between:
/// 64 steps for each factor of 2 down to 2⁻²⁴. The relative error is at most g · |g − 1| / 32,768 for a power g, 2.3e-5
/// for 1.5; below 2⁻²⁴ of the range the curve is a straight line to 0.
public struct GammaCurve: Sendable, Hashable {
    /// The power.
    public let exponent: Double
    /// 0, the power of every step from 2⁻²⁴ to 1, and the last one again.
    private let table: [Float]
    private static let octaves = 24
    /// The bits of 2⁻²⁴.
    private static let firstBits = Int32(127 - octaves) << 23

    /// The curve of this power, which is greater than 0 and finite.
    public init(exponent: Double) {
        precondition(exponent > 0 && exponent.isFinite, "a power above 0")
        self.exponent = exponent
        let mantissas = (0..<64).map { pow(1 + Double($0) / 64, exponent) }
        var table: [Float] = [0]
        table.reserveCapacity(Self.octaves * 64 + 3)
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
        let block = 256
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: block) { steps in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { fractions in
                table.withUnsafeBufferPointer { table in
                    let (table, steps) = (table.baseAddress!, steps.baseAddress!)
                    let fractions = fractions.baseAddress!
                    for first in stride(from: 0, to: pixels.count, by: block) {
                        let (part, count) = (pixels.baseAddress! + first, min(block, pixels.count - first))
                        Self.find(part, count, start: start, scale: scale, steps, fractions)
                        for index in 0..<count {
                            let step = table + Int(steps[index])
                            part[index] =
                                start + sign * (step[0] + fractions[index] * (step[1] - step[0]))
                        }
                    }
                }
            }
        }
    }

    /// The step of the table at or below each pixel, and how far towards the next it lies.
    private static func find(
        _ pixels: UnsafePointer<Float>, _ count: Int, start: Float, scale: Float,
        _ steps: UnsafeMutablePointer<Int32>, _ fractions: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<count {
            let share = min(max((pixels[index] - start) * scale, 0), 1)
            let bits = Int32(bitPattern: share.bitPattern)
            let isTiny = bits < firstBits
            (steps + index).initialize(to: isTiny ? 0 : ((bits &- firstBits) &>> 17) &+ 1)
            (fractions + index).initialize(to: isTiny ? share * 0x1p24 : Float(bits & 0x1ffff) * 0x1p-17)
        }
    }
}
