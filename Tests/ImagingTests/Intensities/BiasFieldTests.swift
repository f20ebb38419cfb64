import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct BiasFieldTests {
    /// Drawn fields are positive, reach their amplitude, and bend no more than a cubic of that size can.
    @Test func isPositiveSmoothAndAsLargeAsAskedFor() {
        var generator = SplitMix(seed: 67)
        for amplitude in [0.0, 0.3, 1] {
            let field = BiasField(amplitude: amplitude, using: &generator)
            var largest = 0.0
            for v in stride(from: -1, through: 1, by: 0.125) {
                for u in stride(from: -1, through: 1, by: 0.125) {
                    #expect(field(u, v) > 0)
                    largest = max(largest, abs(log(field(u, v))))
                    let bend = log(field(u - 0.01, v)) - 2 * log(field(u, v)) + log(field(u + 0.01, v))
                    #expect(abs(bend) < 1e-4 * 40 * max(amplitude, 1e-9))
                }
            }
            #expect(abs(largest - amplitude) < 1e-9)
        }
    }

    @Test func isTheExponentialOfThePolynomial() {
        let field = BiasField(coefficients: [0.1, -0.2, 0.3, 0.05, 0.4, -0.1, 0.2, 0.15, -0.25])
        let (u, v) = (0.3, -0.7)
        let expected =
            0.1 * u - 0.2 * u * u + 0.3 * u * u * u + 0.05 * v + 0.4 * u * v - 0.1 * u * u * v
            + 0.2 * v * v + 0.15 * u * v * v - 0.25 * v * v * v
        #expect(abs(log(field(u, v)) - expected) < 1e-12)
    }

    @Test(arguments: [0.5, 4]) func multipliesWhatLiesAboveTheFloor(_ amplitude: Double) {
        var generator = SplitMix(seed: 68)
        let size = Extent(width: 43, height: 30, depth: 2)
        let image = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
        let field = BiasField(amplitude: amplitude, using: &generator)
        var found = image
        found.withUnsafeMutableBufferPointer { field.apply($0.baseAddress!, size: size, floor: -1) }
        for z in 0..<2 {
            for y in 0..<30 {
                for x in 0..<43 {
                    let gain = field(2 * Double(x) / 42 - 1, 2 * Double(y) / 29 - 1)
                    let index = size.index(x, y, z)
                    let expected = gain * (Double(image[index]) + 1) - 1
                    #expect(abs(Double(found[index]) - expected) < 2e-5 * max(1, gain))
                }
            }
        }
    }

    @Test func onePixelIsTheMiddle() {
        var value: Float = 5
        BiasField(coefficients: [1, 1, 1, 1, 1, 1, 1, 1, 1])
            .apply(&value, size: Extent(width: 1, height: 1), floor: 0)
        #expect(value == 5)
    }
}
