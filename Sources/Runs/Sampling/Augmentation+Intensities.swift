import Datasets
import Foundation
import Imaging

extension Augmentation {
    /// Varies the intensities of one channel of a sample.
    ///
    /// - Parameters:
    ///   - pixels: those of all slices of `size`.
    ///   - floor: the darkest intensity of the scan.
    func varyIntensities(
        _ pixels: UnsafeMutableBufferPointer<Float>, size: Extent, floor: Float,
        using generator: inout SeededGenerator
    ) {
        let first = pixels.baseAddress!
        if generator.happens(biasFieldProbability) {
            BiasField(amplitude: generator.uniform(0...biasField), using: &generator)
                .apply(first, size: size, floor: floor)
        }
        if generator.happens(blurProbability) {
            let range = min(0.5, blur)...blur
            GaussianBlur(x: generator.uniform(range), y: generator.uniform(range)).apply(first, size: size)
        }
        let gain =
            generator.happens(contrastProbability) ? Float(drawFactor(contrast, using: &generator)) : 1
        let offset =
            generator.happens(brightnessProbability) ? Float(generator.uniform(-brightness...brightness)) : 0
        let deviation = generator.happens(noiseProbability) ? Float(generator.uniform(0...noise)) : 0
        for index in pixels.indices { pixels[index] = pixels[index] * gain + offset }
        if generator.happens(sampleContrastProbability) {
            changeContrast(pixels, by: Float(drawFactor(sampleContrast, using: &generator)))
        }
        if generator.happens(lowResolutionProbability) {
            LowResolution(size: size, factor: generator.uniform(lowResolution...1)).apply(first)
        }
        if generator.happens(invertedGammaProbability) {
            bend(pixels, inverted: true, by: drawFactor(gamma, using: &generator))
        }
        if generator.happens(gammaProbability) {
            bend(pixels, inverted: false, by: drawFactor(gamma, using: &generator))
        }
        guard deviation > 0 else { return }
        for index in pixels.indices { pixels[index] += deviation * generator.roughNormal() }
    }

    /// Stretches `pixels` about their mean, by `factor`, within their range.
    private func changeContrast(_ pixels: UnsafeMutableBufferPointer<Float>, by factor: Float) {
        let before = IntensityStatistics(UnsafeBufferPointer(pixels))
        for index in pixels.indices {
            let value = before.mean + factor * (pixels[index] - before.mean)
            pixels[index] = min(max(value, before.minimum), before.maximum)
        }
    }

    /// Raises `pixels`, as shares of their range, to the power of `exponent`, and gives them back their mean and standard
    /// deviation.
    private func bend(_ pixels: UnsafeMutableBufferPointer<Float>, inverted: Bool, by exponent: Double) {
        let before = IntensityStatistics(UnsafeBufferPointer(pixels))
        GammaCurve(exponent: exponent)
            .apply(pixels, from: before.minimum, to: before.maximum, inverted: inverted)
        let after = IntensityStatistics(UnsafeBufferPointer(pixels))
        // A constant stays what it is.
        guard after.standardDeviation > 0 else { return }
        let scale = before.standardDeviation / after.standardDeviation
        let offset = before.mean - after.mean * scale
        for index in pixels.indices { pixels[index] = pixels[index] * scale + offset }
    }

    /// A factor between 1/`limit` and `limit`.
    func drawFactor(_ limit: Double, using generator: inout SeededGenerator) -> Double {
        let exponent = generator.uniform(-1...1)
        return limit == 1 ? 1 : pow(limit, exponent)
    }
}

extension SeededGenerator {
    /// True with `probability`. Unlike `chance`, what is certain draws no number: so samples of plans that are older than
    /// a probability stay what they were.
    mutating func happens(_ probability: Double) -> Bool {
        probability >= 1 || (probability > 0 && chance(probability))
    }

    /// A value of mean 0 and standard deviation 1 that is nearly normal: the sum of four 16-bit draws (Irwin and
    /// Hall). One step of the generator and no logarithm, since noise is drawn for every pixel.
    mutating func roughNormal() -> Float {
        let bits = next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        // Four even draws on [0, 65535]: mean 131,070, standard deviation √(4 · (65536² − 1) / 12) ≈ 37,837.2.
        return (Float(sum) - 131_070) / 37_837.2
    }
}
