import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct GaussianBlurTests {
    /// Of `[[(7*x + 13*y + x*y*y) % 11 for x in range(6)] for y in range(5)]`, with sigma 1.2 along y and 0.7 along x:
    /// `scipy.ndimage.gaussian_filter(image, (1.2, 0.7), mode="reflect", truncate=3)`.
    @Test func agreesWithSciPy() {
        let image = (0..<30).map { index -> Float in
            let (x, y) = (index % 6, index / 6)
            return Float((7 * x + 13 * y + x * y * y) % 11)
        }
        let expected: [Float] = [
            2.543747, 5.525452, 5.655299, 6.151688, 4.937261, 4.483729,
            3.261182, 5.421029, 5.545637, 5.467350, 4.550068, 5.074503,
            4.283146, 5.023664, 5.397217, 5.078646, 4.309674, 5.371354,
            5.530534, 5.318172, 5.762339, 4.808528, 3.861860, 4.906460,
            6.618409, 6.336582, 6.427866, 4.234127, 3.081719, 4.032757,
        ]
        let found = Self.blur(image, Extent(width: 6, height: 5), x: 0.7, y: 1.2)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test(arguments: [(0.5, 0.5), (1, 0.6), (3, 0), (0, 2), (7.3, 9.1)])
    func keepsConstantsAndTheSum(_ deviations: (x: Double, y: Double)) {
        var generator = SplitMix(seed: 61)
        for size in [
            Extent(width: 40, height: 33), Extent(width: 5, height: 70), Extent(width: 1, height: 1),
        ] {
            let image = (0..<size.count).map { _ in Float.random(in: 0...1, using: &generator) }
            let blurred = Self.blur(image, size, x: deviations.x, y: deviations.y)
            #expect(abs(blurred.reduce(0, +) - image.reduce(0, +)) < 1e-4 * Float(size.count))
            #expect(blurred.allSatisfy { $0 >= 0 && $0 <= 1.00001 })
            let constant = Self.blur(
                [Float](repeating: 3, count: size.count), size, x: deviations.x, y: deviations.y)
            #expect(constant.allSatisfy { abs($0 - 3) < 1e-5 })
        }
    }

    /// Every pixel of every slice against the double sum, for images narrower than the weights reach, too.
    @Test func agreesWithTheDefinition() {
        var generator = SplitMix(seed: 62)
        for (width, height, x, y) in [
            (1, 9, 1.0, 2.0), (12, 2, 2.5, 0.8), (9, 7, 0.5, 4.0), (30, 20, 1.3, 1.3),
        ] {
            let size = Extent(width: width, height: height, depth: 3)
            let image = (0..<size.count).map { _ in Float.random(in: -1...1, using: &generator) }
            let found = Self.blur(image, size, x: x, y: y)
            for z in 0..<3 {
                for row in 0..<height {
                    for column in 0..<width {
                        let expected = Self.value(image, size, column, row, z, x, y)
                        #expect(abs(Double(found[size.index(column, row, z)]) - expected) < 1e-5)
                    }
                }
            }
        }
    }

    @Test func widthsOfZeroChangeNothing() {
        let image = (0..<42).map { Float($0 * $0 % 17) }
        #expect(Self.blur(image, Extent(width: 7, height: 6), x: 0, y: 0) == image)
    }

    private static func value(
        _ image: [Float], _ size: Extent, _ column: Int, _ row: Int, _ z: Int, _ x: Double, _ y: Double
    ) -> Double {
        func place(_ index: Int, _ count: Int) -> Int {
            var index = index
            while !(0..<count).contains(index) { index = index < 0 ? -1 - index : 2 * count - 1 - index }
            return index
        }
        func weights(_ deviation: Double) -> [Int: Double] {
            let reach = Int(3 * deviation + 0.5)
            let values = (-reach...reach).map { ($0, exp(-Double($0 * $0) / (2 * deviation * deviation))) }
            let sum = values.reduce(0) { $0 + $1.1 }
            return Dictionary(uniqueKeysWithValues: values.map { ($0, $1 / sum) })
        }
        var sum = 0.0
        for (dy, down) in weights(y) {
            for (dx, across) in weights(x) {
                let index = size.index(place(column + dx, size.width), place(row + dy, size.height), z)
                sum += down * across * Double(image[index])
            }
        }
        return sum
    }

    private static func blur(_ image: [Float], _ size: Extent, x: Double, y: Double) -> [Float] {
        var image = image
        image.withUnsafeMutableBufferPointer {
            GaussianBlur(x: x, y: y).apply($0.baseAddress!, size: size)
        }
        return image
    }
}
