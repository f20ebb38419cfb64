import Imaging
import TestSupport
import Testing

@Suite struct LowResolutionTests {
    @Test func aFactorOfOneChangesNothing() {
        var generator = SplitMix(seed: 63)
        let size = Extent(width: 31, height: 18, depth: 2)
        let image = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
        #expect(Self.apply(LowResolution(size: size, factor: 1), image) == image)
    }

    /// In PyTorch 2.13, of the image in `GaussianBlurTests`: `interpolate(image, (3, 4), mode="nearest-exact")`, and of that
    /// `interpolate(small, (5, 6), mode="bilinear")`.
    @Test func agreesWithPyTorch() {
        let image = (0..<30).map { index -> Float in
            let (x, y) = (index % 6, index / 6)
            return Float((7 * x + 13 * y + x * y * y) % 11)
        }
        let expected: [Float] = [
            0, 1.5, 4.166667, 8.833334, 6, 2,
            1.6, 2.5, 4.1, 6.9, 5.2, 2.8,
            4, 4, 4, 4, 4, 4,
            6.4, 7, 6.6, 2.6, 2.2, 2.8,
            8, 9, 8.333332, 1.666666, 1, 2,
        ]
        let lower = LowResolution(size: Extent(width: 6, height: 5), factor: 0.6)
        #expect(lower.coarse == Extent(width: 4, height: 3))
        let found = Self.apply(lower, image)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// Against the definition, with the coarse image in full.
    @Test func agreesWithTheDefinition() {
        var generator = SplitMix(seed: 64)
        for (width, height, factor) in [
            (1, 1, 0.5), (17, 1, 0.3), (2, 40, 0.07), (40, 31, 0.5), (33, 44, 0.97), (9, 8, 0.01),
            (50, 21, 0.77),
        ] {
            let size = Extent(width: width, height: height, depth: 2)
            let image = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
            let lower = LowResolution(size: size, factor: factor)
            let found = Self.apply(lower, image)
            for z in 0..<2 {
                for y in 0..<height {
                    for x in 0..<width {
                        let expected = Self.value(image, lower, x, y, z)
                        #expect(abs(Double(found[size.index(x, y, z)]) - expected) < 1e-5)
                    }
                }
            }
        }
    }

    private static func value(_ image: [Float], _ lower: LowResolution, _ x: Int, _ y: Int, _ z: Int)
        -> Double
    {
        let (size, coarse) = (lower.size, lower.coarse)
        func source(_ index: Int, _ coarse: Int, _ count: Int) -> Int {
            Int((Double(min(index, coarse - 1)) + 0.5) * Double(count) / Double(coarse))
        }
        func place(_ index: Int, _ coarse: Int, _ count: Int) -> Double {
            max(0, (Double(index) + 0.5) * Double(coarse) / Double(count) - 0.5)
        }
        func pixel(_ column: Int, _ row: Int) -> Double {
            let column = source(column, coarse.width, size.width)
            return Double(image[size.index(column, source(row, coarse.height, size.height), z)])
        }
        let (u, v) = (place(x, coarse.width, size.width), place(y, coarse.height, size.height))
        let (left, top) = (Int(u), Int(v))
        let (fx, fy) = (u - Double(left), v - Double(top))
        return (1 - fy) * ((1 - fx) * pixel(left, top) + fx * pixel(left + 1, top))
            + fy * ((1 - fx) * pixel(left, top + 1) + fx * pixel(left + 1, top + 1))
    }

    private static func apply(_ lower: LowResolution, _ image: [Float]) -> [Float] {
        var image = image
        image.withUnsafeMutableBufferPointer { lower.apply($0.baseAddress!) }
        return image
    }
}
