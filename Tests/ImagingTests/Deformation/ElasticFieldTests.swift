import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct ElasticFieldTests {
    static let size = Extent(width: 61, height: 41)

    @Test func passesThroughWhatWasDrawn() {
        var generator = SplitMix(seed: 31)
        let field = ElasticField(size: Self.size, using: &generator)
        for row in 0..<3 {
            for column in 0..<3 {
                let found = field(column * 30, row * 20)
                let drawn = field.displacements[row * 3 + column]
                #expect(abs(found.x - drawn.x) < 1e-12 && abs(found.y - drawn.y) < 1e-12)
            }
        }
    }

    @Test func sameSeedSameField() {
        var (one, other) = (SplitMix(seed: 5), SplitMix(seed: 5))
        let field = ElasticField(size: Self.size, using: &one)
        #expect(field == ElasticField(size: Self.size, using: &other))
        #expect(field != ElasticField(size: Self.size, using: &other))
        #expect(field.displacements.count == 9)
    }

    @Test func drawsTheStandardDeviationAskedFor() {
        var generator = SplitMix(seed: 32)
        let drawn = ElasticField(size: Self.size, columns: 100, rows: 100, using: &generator).displacements
        let values = drawn.flatMap { [$0.x, $0.y] }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean) < 0.25 && abs(variance.squareRoot() - 10) < 0.2)
        let product = drawn.reduce(0) { $0 + $1.x * $1.y } / Double(drawn.count)
        #expect(abs(product) < 4)
        // Some 4.6 % of a Gaussian lie beyond two standard deviations.
        let tail = Double(values.count { abs($0) > 20 }) / Double(values.count)
        #expect(abs(tail - 0.0455) < 0.006)
    }

    @Test func constantAndLinearFieldsAreKept() {
        let drawn = (0..<12).map { point in
            ElasticField.Displacement(3 + 2 * Double(point % 4) - Double(point / 4), -7)
        }
        let field = ElasticField(size: Self.size, columns: 4, rows: 3, displacements: drawn)
        for y in 0..<41 {
            for x in 0..<61 {
                let expected = 3 + 2 * Double(x) / 20 - Double(y) / 20
                #expect(abs(field(x, y).x - expected) < 1e-12 && abs(field(x, y).y + 7) < 1e-12)
            }
        }
    }

    /// Cubic convolution of values up to 1 has second derivatives up to 10 per squared grid spacing: nothing jumps.
    @Test func isSmooth() {
        var generator = SplitMix(seed: 33)
        for _ in 0..<20 {
            let field = ElasticField(size: Extent(width: 201, height: 101), using: &generator)
            let largest = field.displacements.map { max(abs($0.x), abs($0.y)) }.max()!
            for y in 0..<101 {
                for x in 1..<200 {
                    let bend = field(x - 1, y).x - 2 * field(x, y).x + field(x + 1, y).x
                    #expect(abs(bend) < 14 * largest / (100 * 100))
                }
            }
            for x in stride(from: 0, to: 201, by: 20) {
                for y in 1..<100 {
                    let bend = field(x, y - 1).y - 2 * field(x, y).y + field(x, y + 1).y
                    #expect(abs(bend) < 14 * largest / (50 * 50))
                }
            }
        }
    }

    @Test func onePixelWide() {
        var generator = SplitMix(seed: 34)
        let field = ElasticField(size: Extent(width: 1, height: 5), using: &generator)
        #expect(field(0, 0) == field.displacements[0] && field(0, 4) == field.displacements[6])
    }
}
