import Datasets
import Foundation
import Imaging

/// Where a sample lies, before it is bent.
struct SamplePlace {
    /// From pixels of the patch to pixels of the slice.
    let map: Affine2D
    /// Whether nothing happened to it but shifts and mirrors.
    let isShift: Bool
}

extension Augmentation {
    /// A place in a slice.
    ///
    /// - Parameters:
    ///   - slice: size of the slice.
    ///   - patch: size of the patch.
    ///   - focus: the place, in pixels of the slice, that the middle of the patch lies near, at most a quarter of the
    ///     patch away along x and along y; nil for anywhere.
    func drawPlace(
        slice: Extent, patch: PatchSize, focus: (x: Double, y: Double)?,
        using generator: inout SeededGenerator
    ) -> SamplePlace {
        let turns = generator.happens(rotationProbability)
        let angle = turns ? generator.uniform(-rotation...rotation) * .pi / 180 : 0
        let zooms = generator.happens(scaleProbability)
        let zoom = zooms ? drawFactor(scale, using: &generator) : 1
        let shears = generator.happens(shearProbability)
        let slope = shears ? tan(generator.uniform(-shear...shear) * .pi / 180) : 0
        let isShearedAcross = shears && generator.chance(0.5)
        let flipX = generator.chance(flipProbability) ? -1.0 : 1.0
        let flipY = generator.chance(flipProbability) ? -1.0 : 1.0
        let (x, y): (Double, Double)
        if let focus {
            let reach = (x: Double(patch.width) / 4, y: Double(patch.height) / 4)
            x = focus.x + generator.uniform(-reach.x...reach.x)
            y = focus.y + generator.uniform(-reach.y...reach.y)
        } else {
            x = Double(slice.width - 1) / 2 + drawShift(slice.width, patch.width, using: &generator)
            y = Double(slice.height - 1) / 2 + drawShift(slice.height, patch.height, using: &generator)
        }
        var map = Affine2D.translation(-Double(patch.width - 1) / 2, -Double(patch.height - 1) / 2)
            .then(.scale(flipX / zoom, flipY / zoom))
        if shears { map = map.then(isShearedAcross ? .shear(slope, 0) : .shear(0, slope)) }
        map = map.then(.rotation(radians: angle)).then(.translation(x, y))
        return SamplePlace(map: map, isShift: !turns && !zooms && !shears)
    }

    /// The map for what a network reads around a patch that lies at `place`, bent where that is drawn. One that is neither
    /// turned nor zoomed, sheared or bent is moved to whole pixels, which need no interpolation.
    func bend(_ place: SamplePlace, _ batch: PatchBatch, using generator: inout SeededGenerator) -> PatchMap {
        let size = Extent(width: batch.input.width, height: batch.input.height)
        let margin = (
            x: (batch.input.width - batch.output.width) / 2, y: (batch.input.height - batch.output.height) / 2
        )
        var map = place.map
        let bends = elastic > 0 && generator.happens(elasticProbability)
        if place.isShift && !bends { (map.x0, map.y0) = (map.x0.rounded(), map.y0.rounded()) }
        return PatchMap(
            size: size, affine: .translation(-Double(margin.x), -Double(margin.y)).then(map),
            elastic: bends ? ElasticField(size: size, standardDeviation: elastic, using: &generator) : nil)
    }

    /// A shift, in pixels of the scan, for each of `count` slices of a sample; empty where they stay as they are.
    func drawSliceShifts(_ count: Int, using generator: inout SeededGenerator) -> [SliceShift] {
        guard count > 1, sliceShift > 0, generator.happens(sliceShiftProbability) else { return [] }
        let range = -sliceShift...sliceShift
        return (0..<count).map { _ in
            SliceShift(x: generator.uniform(range), y: generator.uniform(range))
        }
    }

    /// The mean of two even draws: the middle is likelier, the edge still seen, since prediction covers it.
    private func drawShift(_ slice: Int, _ patch: Int, using generator: inout SeededGenerator) -> Double {
        let reach = max(0, Double(slice - patch) / 2 + overhang)
        let even = generator.uniform(-reach...reach)
        return (even + generator.uniform(-reach...reach)) / 2
    }
}

/// How far a slice of a sample is moved against its place in the stack, in pixels of the scan.
struct SliceShift: Sendable, Equatable {
    /// Columns to the right.
    let x: Double
    /// Rows down.
    let y: Double
}
