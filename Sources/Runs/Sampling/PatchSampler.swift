import Datasets
import Imaging

/// Cuts varied patches out of the training scans, the same ones for the same seed, epoch and place in the epoch,
/// whatever was drawn before: so a resumed run sees what an uninterrupted one would have seen.
///
/// In 2D a sample is a patch of one slice, in 3D of several slices of one volume, all moved alike.
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
        _ sample: (item: Int, z: Int), stream: (UInt64, UInt64), _ place: Int, into batch: inout PatchBatch
    ) {
        var generator = SeededGenerator(seed: plan.training.seed, stream: 2, stream.0, stream.1)
        let item = cases[sample.item]
        let augmentation = plan.training.augmentation
        let affine = augmentation.drawMap(slice: item.scan.slice, patch: batch.output, using: &generator)
        let first =
            isVolumetric
            ? drawFirstSlice(item.scan.geometry.depth, patch: plan.training.patch.depth, using: &generator)
            : sample.z
        batch.fill(
            place, from: item, map: augmentation.bend(affine, batch, using: &generator), firstSlice: first,
            border: plan.preparation.border)
        for channel in 0..<batch.channels {
            batch.withImage(place, channel: channel) { augmentation.varyIntensities($0, using: &generator) }
        }
    }

    /// Where a patch of `patch` slices begins in a stack of `count`: anywhere within it, or around it where the stack
    /// is the thinner one.
    private func drawFirstSlice(_ count: Int, patch: Int, using generator: inout SeededGenerator) -> Int {
        Int.random(in: min(0, count - patch)...max(0, count - patch), using: &generator)
    }
}
