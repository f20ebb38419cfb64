import Imaging

/// A batch of patches: what the network reads, and what it should make of it.
package struct PatchBatch: Sendable {
    /// Input channels.
    package let channels: Int
    /// Pixels that the network reads.
    package let input: PatchSize
    /// Pixels in their middle for which it gives an output.
    package let output: PatchSize
    /// Patches.
    package let count: Int
    /// Intensities (N, C, (D,) H, W) of `input` pixels.
    package private(set) var images: [Float]
    /// Classes (N, (D,) H, W) of `output` pixels.
    package private(set) var classes: [UInt8]
    /// What each pixel counts in the loss, of the classes' shape; nil where all count alike.
    package private(set) var weights: [Float]?

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

    /// Samples patch `place` out of `item`: its pixels lie where `map` says, and its slices begin at `firstSlice`. Slices
    /// beyond the stack are background, as is what a constant border adds; with border weights their weight is 0.
    ///
    /// `shifts`: how far each slice is moved, image, classes and weights alike; empty for not at all.
    mutating func fill(
        _ place: Int, from item: PreparedCase, map: PatchMap, firstSlice: Int, shifts: [SliceShift] = [],
        border: Preparation.Border
    ) {
        precondition(shifts.isEmpty || shifts.count == input.depth, "a shift for every slice")
        let scan = item.scan
        let kept = (0..<scan.geometry.depth).clamped(to: firstSlice..<firstSlice + input.depth)
        if kept.count < input.depth {
            for channel in 0..<channels {
                withImage(place, channel: channel) { $0.update(repeating: scan.backgrounds[channel]) }
            }
        }
        guard !shifts.isEmpty else { return fill(place, kept, firstSlice, item, map, border) }
        for slice in kept {
            let shift = shifts[slice - firstSlice]
            fill(place, slice..<slice + 1, firstSlice, item, map.shifted(shift.x, shift.y), border)
        }
    }

    /// Samples slices `kept` of the stack, all through the same map.
    private mutating func fill(
        _ place: Int, _ kept: Range<Int>, _ firstSlice: Int, _ item: PreparedCase, _ map: PatchMap,
        _ border: Preparation.Border
    ) {
        let scan = item.scan
        let (input, output) = (input, output)
        let planes = Planes(count: kept.count, stride: scan.slice.count)
        let first = kept.lowerBound * scan.slice.count
        // Slices of the patch before the first of these.
        let skipped = kept.lowerBound - firstSlice
        for channel in 0..<channels {
            withImage(place, channel: channel) { image in
                scan.channels[channel].withUnsafeBufferPointer {
                    map.sampleLinear(
                        $0.baseAddress! + first, slice: scan.slice, planes: planes,
                        into: image.baseAddress! + skipped * input.sliceCount,
                        border: border.around(scan.backgrounds[channel]))
                }
            }
        }
        let inner = map.cropped(
            to: Extent(width: output.width, height: output.height), x: (input.width - output.width) / 2,
            y: (input.height - output.height) / 2)
        let target = (place * output.depth + skipped) * output.sliceCount
        item.classes.withUnsafeBufferPointer { source in
            classes.withUnsafeMutableBufferPointer {
                inner.sampleNearest(
                    source.baseAddress! + first, slice: scan.slice, planes: planes,
                    into: $0.baseAddress! + target, border: border.around(0))
            }
        }
        item.weights.withUnsafeBufferPointer { source in
            weights?.withUnsafeMutableBufferPointer {
                inner.sampleLinear(
                    source.baseAddress! + first, slice: scan.slice, planes: planes,
                    into: $0.baseAddress! + target, border: border.around(0))
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
}

extension Preparation.Border {
    /// What lies beyond the edge where the background is `background`.
    func around<Value: BitwiseCopyable & Sendable>(_ background: Value) -> Border<Value> {
        switch self {
        case .background: .constant(background)
        case .mirror: .mirror
        }
    }
}
