import Imaging
import TestSupport
import Testing

@Suite struct IntensityStatisticsTests {
    @Test(arguments: [1, 7, 8, 9, 511, 513, 5000]) func agreesWithTheDefinition(_ count: Int) {
        var generator = SplitMix(seed: 69)
        for center in [Float(0), 1000] {
            let image = (0..<count).map { _ in center + Float.random(in: -2...3, using: &generator) }
            let found = image.withUnsafeBufferPointer { IntensityStatistics($0) }
            #expect(found.minimum == image.min() && found.maximum == image.max())
            let mean = image.reduce(0) { $0 + Double($1) } / Double(count)
            let squares = image.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            #expect(abs(Double(found.mean) - mean) < 1e-4)
            let deviation = (squares / Double(count)).squareRoot()
            #expect(abs(Double(found.standardDeviation) - deviation) < 1e-5)
        }
    }
}
