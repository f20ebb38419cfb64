extension CropPad {
    /// Copies the box out of `input` (`source.count` elements) into `output` (`target.count`, initialized or of a
    /// trivial type), with `padding` where the box lies outside the source. Nothing is allocated.
    public func apply<Value: BitwiseCopyable>(
        _ input: UnsafeBufferPointer<Value>, padding: Value, into output: UnsafeMutableBufferPointer<Value>
    ) {
        precondition(
            input.count == source.count && output.count == target.count, "buffers of the box's sizes")
        let columns = keptColumns
        if columns.count < target.width || keptRows.count < target.height || keptSlices.count < target.depth {
            output.initialize(repeating: padding)
        }
        guard !columns.isEmpty else { return }
        for slice in keptSlices {
            for row in keptRows {
                let from = source.index(x + columns.lowerBound, y + row, z + slice)
                (output.baseAddress! + target.index(columns.lowerBound, row, slice))
                    .initialize(from: input.baseAddress! + from, count: columns.count)
            }
        }
    }

    /// The box cut out of `values`, with `padding` where it lies outside.
    public func apply<Value: BitwiseCopyable>(_ values: [Value], padding: Value) -> [Value] {
        values.withUnsafeBufferPointer { input in
            [Value](unsafeUninitializedCapacity: target.count) { output, initialized in
                apply(
                    input, padding: padding,
                    into: UnsafeMutableBufferPointer(rebasing: output[..<target.count]))
                initialized = target.count
            }
        }
    }

    /// The box cut out of `volume`, with intensity `padding` where it lies outside. Spacing is kept.
    public func apply(_ volume: Volume, padding: Float = 0) -> Volume {
        Volume(
            geometry: Geometry(extent: target, spacing: volume.geometry.spacing),
            voxels: apply(volume.voxels, padding: padding))
    }

    /// The box cut out of `map`, with label `padding` where it lies outside. Spacing is kept.
    public func apply(_ map: LabelMap, padding: UInt8 = 0) -> LabelMap {
        LabelMap(
            geometry: Geometry(extent: target, spacing: map.geometry.spacing),
            labels: apply(map.labels, padding: padding))
    }

    /// The box cut out of `map`; where it lies outside, the first class (background) has probability 1. With a
    /// single class, which is a foreground, it has probability 0 there.
    public func apply(_ map: ProbabilityMap) -> ProbabilityMap {
        precondition(map.geometry.extent == source, "probabilities of the source's size")
        var values = [Float](repeating: 0, count: map.channels * target.count)
        map.values.withUnsafeBufferPointer { input in
            values.withUnsafeMutableBufferPointer { output in
                for channel in 0..<map.channels {
                    apply(
                        UnsafeBufferPointer(
                            rebasing: input[channel * source.count..<(channel + 1) * source.count]),
                        padding: channel == 0 && map.channels > 1 ? 1 : 0,
                        into: UnsafeMutableBufferPointer(
                            rebasing: output[channel * target.count..<(channel + 1) * target.count]))
                }
            }
        }
        return ProbabilityMap(
            geometry: Geometry(extent: target, spacing: map.geometry.spacing), channels: map.channels,
            values: values)
    }
}
