import Datasets
import Imaging
import Torch

/// Cuts varied patches out of the training slices, the same ones for the same seed, epoch and place in the epoch,
/// whatever was drawn before: so a resumed run sees what an uninterrupted one would have seen.
package struct SliceSampler {
    let cases: [PreparedCase]
    let plan: TrainingPlan
    /// Every slice: its case and its z.
    package let slices: [(item: Int, z: Int)]

    package init(_ cases: [PreparedCase], plan: TrainingPlan) {
        self.cases = cases
        self.plan = plan
        slices = cases.indices.flatMap { item in (0..<cases[item].volume.geometry.depth).map { (item, $0) } }
    }

    /// Batches of an epoch: slices that do not fill a last batch wait for another epoch.
    package var batchCount: Int { max(1, slices.count / plan.batchSize) }

    /// Batch `index` of `epoch`: images (N, 1, H, W) float32 and classes (N, H, W) int64.
    package func batch(_ index: Int, epoch: Int, order: [Int]) throws -> (images: Tensor, target: Tensor) {
        let (width, height) = (plan.patch.width, plan.patch.height)
        let size = width * height
        let count = min(plan.batchSize, slices.count)
        var images = [Float](repeating: 0, count: count * size)
        var classes = [UInt8](repeating: 0, count: count * size)
        images.withUnsafeMutableBufferPointer { images in
            classes.withUnsafeMutableBufferPointer { classes in
                for place in 0..<count {
                    let position = index * plan.batchSize + place
                    draw(
                        slices[order[position]], stream: (UInt64(epoch), UInt64(position)),
                        UnsafeMutableBufferPointer(rebasing: images[place * size..<(place + 1) * size]),
                        UnsafeMutableBufferPointer(rebasing: classes[place * size..<(place + 1) * size]))
                }
            }
        }
        return (
            try Tensor(images, shape: [count, 1, height, width]),
            try Tensor(classes, shape: [count, height, width]).to(.int64)
        )
    }

    /// The order of slices in `epoch`.
    package func order(epoch: Int) -> [Int] {
        var generator = SeededGenerator(seed: plan.seed, stream: 1, UInt64(epoch))
        return generator.shuffled(Array(slices.indices))
    }

    private func draw(
        _ slice: (item: Int, z: Int), stream: (UInt64, UInt64), _ image: UnsafeMutableBufferPointer<Float>,
        _ classes: UnsafeMutableBufferPointer<UInt8>
    ) {
        var generator = SeededGenerator(seed: plan.seed, stream: 2, stream.0, stream.1)
        let item = cases[slice.item]
        let extent = item.sliceExtent
        let patch = Extent(width: plan.patch.width, height: plan.patch.height)
        let map = plan.augmentation.drawMap(slice: extent, patch: plan.patch, using: &generator)
        let start = slice.z * extent.count
        item.volume.voxels.withUnsafeBufferPointer { voxels in
            map.sampleLinear(
                voxels.baseAddress! + start, size: extent, into: image.baseAddress!, targetSize: patch,
                padding: item.background)
        }
        item.classes.withUnsafeBufferPointer { labels in
            map.sampleNearest(
                labels.baseAddress! + start, size: extent, into: classes.baseAddress!, targetSize: patch)
        }
        plan.augmentation.varyIntensities(image, using: &generator)
    }
}
