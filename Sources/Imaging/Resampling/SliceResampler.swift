/// Resamples slices of one size to another, linearly, from corner to corner.
///
/// Made once for a pair of sizes and used for every slice. See `AxisWeights` for the kernel and
/// `Geometry.resampledInPlane(width:height:)` for the convention.
public struct SliceResampler: Sendable {
    /// Size of the slices that come in.
    public let source: Extent
    /// Size of the slices that go out.
    public let target: Extent
    private let columns: AxisWeights
    private let rows: AxisWeights

    /// Prepares resampling of slices from `source` to `target`; both depths must be 1.
    public init(from source: Extent, to target: Extent) {
        precondition(source.depth == 1 && target.depth == 1, "a slice has depth 1")
        self.source = source
        self.target = target
        columns = AxisWeights(from: source.width, to: target.width)
        rows = AxisWeights(from: source.height, to: target.height)
    }

    /// Resamples `count` slices that lie one after another in `values`, x fastest.
    public func resample(_ values: [Float], count: Int) -> [Float] {
        precondition(values.count == count * source.count, "as many values as the slices have pixels")
        if source == target { return values }
        return [Float](unsafeUninitializedCapacity: count * target.count) { output, initialized in
            values.withUnsafeBufferPointer { input in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: target.width * source.height) {
                    scratch in
                    for slice in 0..<count {
                        resample(
                            input.baseAddress! + slice * source.count,
                            into: output.baseAddress! + slice * target.count,
                            scratch: scratch.baseAddress!)
                    }
                }
            }
            initialized = count * target.count
        }
    }

    /// One slice: first along x into `scratch` (target width × source height), then along y.
    private func resample(
        _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let width = target.width
        columns.starts.withUnsafeBufferPointer { starts in
            columns.weights.withUnsafeBufferPointer { weights in
                let taps = columns.taps
                for y in 0..<source.height {
                    let line = input + y * source.width
                    let result = scratch + y * width
                    for x in 0..<width {
                        var sum: Float = 0
                        for tap in 0..<taps { sum += weights[x * taps + tap] * line[starts[x] + tap] }
                        result[x] = sum
                    }
                }
            }
        }
        for y in 0..<target.height {
            let result = output + y * width
            result.initialize(repeating: 0, count: width)
            for tap in 0..<rows.taps {
                let weight = rows.weights[y * rows.taps + tap]
                if weight == 0 { continue }
                let line = scratch + (rows.starts[y] + tap) * width
                for x in 0..<width { result[x] += weight * line[x] }
            }
        }
    }
}
