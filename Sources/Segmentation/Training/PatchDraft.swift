import Imaging
import Torch

/// A batch while it is being filled.
struct PatchDraft {
    let channels: Int
    private let count: Int
    private let input: PatchSize
    private let output: PatchSize
    private var images: [Float]
    private var classes: [UInt8]
    private var weights: [Float]?

    /// Room for `count` patches of `input` pixels whose middle `output` pixels have a target.
    init(count: Int, input: PatchSize, output: PatchSize, plan: Plan) {
        self.count = count
        self.input = input
        self.output = output
        channels = plan.network.inputChannels
        images = [Float](repeating: 0, count: count * channels * input.count)
        classes = [UInt8](repeating: 0, count: count * output.count)
        weights = plan.training.borderWeights.map { _ in [Float](repeating: 0, count: count * output.count) }
    }

    /// Samples patch `place` out of `item`: its pixels lie where `map`, bent by `field`, says, and its slices begin at
    /// `firstSlice`. Slices beyond the stack are background of weight 0.
    mutating func fill(
        _ place: Int, from item: PreparedCase, map: Affine2D, field: ElasticField?, firstSlice: Int,
        border: Preparation.Border
    ) {
        let scan = item.scan
        let sampling = PatchSampling(
            map: map, field: field, slice: scan.slice, input: Extent(width: input.width, height: input.height),
            output: Extent(width: output.width, height: output.height))
        for z in 0..<input.depth {
            let source = firstSlice + z
            let isThere = (0..<scan.geometry.depth).contains(source)
            for channel in 0..<channels {
                let start = ((place * channels + channel) * input.depth + z) * input.sliceCount
                images.withUnsafeMutableBufferPointer { images in
                    let target = UnsafeMutableBufferPointer(rebasing: images[start..<start + input.sliceCount])
                    guard isThere else { return target.update(repeating: scan.backgrounds[channel]) }
                    sampling.intensities(
                        scan.channels[channel], slice: source,
                        border: border.forImages(scan.backgrounds[channel]), into: target)
                }
            }
            // Depth is never lost, so the target has the slices of the image.
            guard isThere else { continue }
            let start = (place * output.depth + z) * output.sliceCount
            classes.withUnsafeMutableBufferPointer { classes in
                sampling.classes(
                    item.classes, slice: source, border: border.forLabels,
                    into: UnsafeMutableBufferPointer(rebasing: classes[start..<start + output.sliceCount]))
            }
            weights?.withUnsafeMutableBufferPointer { weights in
                sampling.weights(
                    item.weights, slice: source, border: border.forImages(0),
                    into: UnsafeMutableBufferPointer(rebasing: weights[start..<start + output.sliceCount]))
            }
        }
    }

    /// Gives the intensities of one channel of patch `place` to `body`.
    mutating func withImage(
        _ place: Int, channel: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        let start = (place * channels + channel) * input.count
        images.withUnsafeMutableBufferPointer {
            body(UnsafeMutableBufferPointer(rebasing: $0[start..<start + input.count]))
        }
    }

    /// The batch as tensors; see `PatchSampler.Batch`. `rank` is 2 or 3, the number of axes of a patch.
    func batch(rank: Int) throws -> PatchSampler.Batch {
        let target = [count] + output.sides(rank: rank)
        return PatchSampler.Batch(
            images: try Tensor(images, shape: [count, channels] + input.sides(rank: rank)),
            target: try Tensor(classes, shape: target).to(.int64),
            weights: try weights.map { try Tensor($0, shape: target) })
    }
}
