import Datasets
import Foundation
import Imaging

/// How far training samples are varied. Every range is drawn from evenly, except shifts.
public struct Augmentation: Codable, Sendable, Equatable {
    /// Largest rotation to either side, degrees.
    public var rotation = 20.0
    /// Largest zoom: a factor between 1/`scale` and `scale`.
    public var scale = 1.2
    /// Pixels that a patch may reach over the edge of a slice; within the slice it lies anywhere, more often near the
    /// middle.
    public var overhang = 12.0
    /// Probability of mirroring along x, and along y. Low, since the right ventricle lies on one side of the body.
    public var flipProbability = 0.1
    /// Largest change of brightness, in standard deviations of the scan.
    public var brightness = 0.2
    /// Largest change of contrast: a factor between 1/`contrast` and `contrast`.
    public var contrast = 1.25
    /// Largest standard deviation of added noise, in standard deviations of the scan.
    public var noise = 0.1

    /// Standard deviation in pixels of the random displacements, on a coarse grid of 3 × 3 points over the patch, that
    /// bend it (Ronneberger et al. 2015: 10); 0 bends nothing.
    public var elastic = 0.0

    /// The defaults: light, for short trainings.
    public init() {}

    /// No variation: patches from the middle of the slice.
    public static var none: Augmentation {
        var none = Augmentation()
        none.rotation = 0
        none.scale = 1
        // Farther inward than any slice is wide, so only the middle is left; JSON has no infinity.
        none.overhang = -1_000_000
        none.flipProbability = 0
        none.brightness = 0
        none.contrast = 1
        none.noise = 0
        return none
    }

    /// A map from patch pixels to slice pixels.
    ///
    /// - Parameters:
    ///   - slice: size of the slice.
    ///   - patch: size of the patch.
    func drawMap(slice: Extent, patch: PatchSize, using generator: inout SeededGenerator) -> Affine2D {
        let angle = generator.uniform(-rotation...rotation) * .pi / 180
        let zoom = drawFactor(scale, using: &generator)
        let flipX = generator.chance(flipProbability) ? -1.0 : 1.0
        let flipY = generator.chance(flipProbability) ? -1.0 : 1.0
        // The mean of two even draws: the middle is likelier, the edge still seen, since prediction covers it.
        let x = drawShift(slice.width, patch.width, using: &generator)
        let y = drawShift(slice.height, patch.height, using: &generator)
        return Affine2D.translation(-Double(patch.width - 1) / 2, -Double(patch.height - 1) / 2)
            .then(.scale(flipX / zoom, flipY / zoom))
            .then(.rotation(radians: angle))
            .then(.translation(Double(slice.width - 1) / 2 + x, Double(slice.height - 1) / 2 + y))
    }

    /// The map for what a network reads around a patch that `affine` maps, bent where asked.
    func bend(_ affine: Affine2D, _ batch: PatchBatch, using generator: inout SeededGenerator) -> PatchMap {
        let size = Extent(width: batch.input.width, height: batch.input.height)
        let margin = (
            x: (batch.input.width - batch.output.width) / 2, y: (batch.input.height - batch.output.height) / 2
        )
        return PatchMap(
            size: size, affine: .translation(-Double(margin.x), -Double(margin.y)).then(affine),
            elastic: elastic > 0
                ? ElasticField(size: size, standardDeviation: elastic, using: &generator) : nil)
    }

    /// Changes brightness and contrast of `pixels` and adds noise.
    func varyIntensities(_ pixels: UnsafeMutableBufferPointer<Float>, using generator: inout SeededGenerator)
    {
        let gain = Float(drawFactor(contrast, using: &generator))
        let offset = Float(generator.uniform(-brightness...brightness))
        let deviation = Float(generator.uniform(0...noise))
        for index in pixels.indices { pixels[index] = pixels[index] * gain + offset }
        guard deviation > 0 else { return }
        for index in pixels.indices { pixels[index] += deviation * generator.roughNormal() }
    }

    private func drawFactor(_ limit: Double, using generator: inout SeededGenerator) -> Double {
        let exponent = generator.uniform(-1...1)
        return limit == 1 ? 1 : pow(limit, exponent)
    }

    private func drawShift(_ slice: Int, _ patch: Int, using generator: inout SeededGenerator) -> Double {
        let reach = max(0, Double(slice - patch) / 2 + overhang)
        let even = generator.uniform(-reach...reach)
        return (even + generator.uniform(-reach...reach)) / 2
    }
}

extension SeededGenerator {
    /// A value of mean 0 and standard deviation 1 that is nearly normal: the sum of four 16-bit draws (Irwin and
    /// Hall). One step of the generator and no logarithm, since noise is drawn for every pixel.
    mutating func roughNormal() -> Float {
        let bits = next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        // Four even draws on [0, 65535]: mean 131,070, standard deviation √(4 · (65536² − 1) / 12) ≈ 37,837.2.
        return (Float(sum) - 131_070) / 37_837.2
    }
}
