import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct GammaCurveTests {
    /// The error that the documentation states.
    @Test(arguments: [0.1, 0.5, 2.0 / 3, 0.9, 1, 1.5, 3, 10]) func agreesWithThePower(_ exponent: Double) {
        var generator = SplitMix(seed: 65)
        let shares =
            (0...2000).map { Float($0) / 2000 }
            + (0..<2000).map { _ in Float(exp2(Double.random(in: -24...0, using: &generator))) }
        let found = Self.apply(GammaCurve(exponent: exponent), shares, from: 0, to: 1)
        for (share, value) in zip(shares, found) {
            let expected = pow(Double(share), exponent)
            let tolerance = exponent * abs(exponent - 1) / 32_768 + 3e-7
            // Beside what a Float can hold.
            #expect(abs(Double(value) - expected) <= tolerance * expected + 1e-44)
        }
    }

    @Test(arguments: [0.6, 1.4]) func keepsRangeAndOrder(_ exponent: Double) {
        for isInverted in [false, true] {
            let (low, high) = (Float(-1.7), Float(4.4))
            let ramp = (0...100_000).map { low + (high - low) * Float($0) / 100_000 }
            let found = Self.apply(
                GammaCurve(exponent: exponent), ramp, from: low, to: high, inverted: isInverted)
            #expect(abs(found[0] - low) < 1e-6 && abs(found[100_000] - high) < 1e-6)
            for (one, next) in zip(found, found.dropFirst()) { #expect(next >= one - 1e-6) }
            let isBrighter = (exponent < 1) != isInverted
            #expect(isBrighter == (found[50_000] > ramp[50_000]))
        }
    }

    /// Inverting twice around a curve is the curve of the negative image.
    @Test func invertedIsTheCurveOfTheNegative() {
        var generator = SplitMix(seed: 66)
        let image = (0..<500).map { _ in Float.random(in: -2...3, using: &generator) }
        let curve = GammaCurve(exponent: 1.4)
        let found = Self.apply(curve, image, from: -2, to: 3, inverted: true)
        let negative = Self.apply(curve, image.map { -$0 }, from: -3, to: 2).map { -$0 }
        #expect(zip(found, negative).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func whatHasNoRangeStays() {
        let image = [Float](repeating: 2, count: 9)
        #expect(Self.apply(GammaCurve(exponent: 2), image, from: 2, to: 2) == image)
    }

    /// Below the table's reach the curve goes straight to 0.
    @Test func theSmallestSharesAreOnALine() {
        let found = Self.apply(GammaCurve(exponent: 0.5), [0, 0x1p-26, 0x1p-25, 0x1p-24], from: 0, to: 1)
        #expect(found[0] == 0 && abs(found[3] - 0x1p-12) < 1e-9)
        #expect(abs(found[1] - 0x1p-14) < 1e-9 && abs(found[2] - 0x1p-13) < 1e-9)
    }

    private static func apply(
        _ curve: GammaCurve, _ image: [Float], from low: Float, to high: Float, inverted: Bool = false
    ) -> [Float] {
        var image = image
        image.withUnsafeMutableBufferPointer { curve.apply($0, from: low, to: high, inverted: inverted) }
        return image
    }
}
