import Datasets
import Imaging

/// Cuts varied patches out of the training scans, the same ones for the same seed, epoch and place in the epoch,
/// whatever was drawn before: so a resumed run sees what an uninterrupted one would have seen.
///
/// In 2D a sample is a patch of one slice, in 3D of several slices of one volume, all moved alike but for the shifts of
/// single slices.
package struct PatchSampler: Sendable {
    let cases: [PreparedCase]
    let plan: Plan
    /// Every sample of a pass: its case and, in 2D, its z.
    package let samples: [(item: Int, z: Int)]
    private let isVolumetric: Bool

    package init(_ cases: [PreparedCase], plan: Plan) {
        self.cases = cases
        self.plan = plan
        isVolumetric = plan.network.dimensions == .three
        samples =
            isVolumetric
            ? cases.indices.map { ($0, 0) }
            : cases.indices.flatMap { item in (0..<cases[item].scan.geometry.depth).map { (item, $0) } }
    }

    /// Patches in each batch.
    package var batchSize: Int {
        plan.training.stepsPerEpoch == nil
            ? min(plan.training.batchSize, samples.count) : plan.training.batchSize
    }

    /// Batches of an epoch. In a pass, samples that do not fill a last batch wait for another epoch.
    package var batchCount: Int {
        plan.training.stepsPerEpoch ?? max(1, samples.count / plan.training.batchSize)
    }

    /// The samples of `epoch` in their order, as many as its batches need.
    package func order(epoch: Int) -> [Int] {
        var generator = SeededGenerator(seed: plan.training.seed, stream: 1, UInt64(epoch))
        var order = generator.shuffled(Array(samples.indices))
        while order.count < batchCount * batchSize { order += generator.shuffled(Array(samples.indices)) }
        return order
    }

    /// Batch `index` of `epoch`.
    package func batch(_ index: Int, epoch: Int, order: [Int]) -> PatchBatch {
        let input = plan.training.patch
        let output = PatchSize(
            sides: plan.network.outputSize(of: input.sides(rank: plan.network.dimensions.rank)) ?? [])
        var batch = PatchBatch(count: batchSize, input: input, output: output, plan: plan)
        for place in 0..<batchSize {
            let position = index * batchSize + place
            draw(samples[order[position]], stream: (UInt64(epoch), UInt64(position)), place, into: &batch)
        }
        return batch
    }

    private func draw(
        _ sample: (item: Int, z: Int), stream: (UInt64, UInt64), _ index: Int, into batch: inout PatchBatch
    ) {
        var generator = SeededGenerator(seed: plan.training.seed, stream: 2, stream.0, stream.1)
        let item = cases[sample.item]
        let (augmentation, geometry) = (plan.training.augmentation, item.scan.geometry)
        let isFocused = generator.happens(plan.training.foregroundShare)
        let focus = isFocused ? item.foreground.center(slice: isVolumetric ? nil : sample.z) : nil
        let place = augmentation.drawPlace(
            slice: item.scan.slice, patch: batch.output, focus: focus, using: &generator)
        let first =
            isVolumetric
            ? drawFirstSlice(
                geometry.depth, patch: plan.training.patch.depth,
                holding: isFocused ? item.foreground.volume?.slices : nil, using: &generator)
            : sample.z
        let map = augmentation.bend(place, batch, using: &generator)
        batch.fill(
            index, from: item, map: map, firstSlice: first,
            shifts: augmentation.drawSliceShifts(batch.input.depth, using: &generator),
            border: plan.preparation.border)
        let size = Extent(width: batch.input.width, height: batch.input.height, depth: batch.input.depth)
        for channel in 0..<batch.channels {
            let floor = item.scan.backgrounds[channel]
            batch.withImage(index, channel: channel) {
                augmentation.varyIntensities($0, size: size, floor: floor, using: &generator)
            }
        }
    }

    /// Where a patch of `patch` slices begins in a stack of `count`: anywhere within it, or around it where the stack
    /// is the thinner one; so that the patch holds `slices`, or lies within them where they are more.
    private func drawFirstSlice(
        _ count: Int, patch: Int, holding slices: Range<Int>?, using generator: inout SeededGenerator
    ) -> Int {
        let all = min(0, count - patch)...max(0, count - patch)
        guard let slices else { return Int.random(in: all, using: &generator) }
        let (last, first) = (slices.lowerBound, slices.upperBound - patch)
        let holding = (min(first, last)...max(first, last)).clamped(to: all)
        return holding.lowerBound + generator.index(below: holding.count)
    }
}
