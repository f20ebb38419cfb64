/// A linear, corner-to-corner resampler of slices from one size to another.
///
/// Create one for a pair of sizes and use it for every slice. See `AxisWeights` for the kernel and
/// `Geometry.resampledInPlane(width:height:)` for the convention.
public struct SliceResampler: Sendable {
    /// The size of input slices.
    public let source: Extent
    /// The size of output slices.
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

    /// Resamples `count` slices stored one after another in `values`, x fastest.
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

    /// Resamples one slice: first along x into `scratch` (target width × source height), then along y.
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

/// The source pixels and weights that make up every pixel of a linearly resampled line.
///
/// The kernel is a triangle with a half-width of one pixel of the coarser grid: plain linear interpolation where pixels
/// get smaller, and smoothing that prevents aliasing where they get larger (Pillow's `BILINEAR`, PyTorch's
/// `interpolate(mode: "bilinear", antialias: true)`). At the ends of the line, the weights of the pixels inside are
/// scaled to a sum of 1, which repeats the end pixel.
struct AxisWeights: Sendable {
    /// The number of source pixels for each target pixel.
    let taps: Int
    /// The first source pixel of each target pixel.
    let starts: [Int]
    /// `taps` weights of each target pixel.
    let weights: [Float]

    init(from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        let reach = max(scale, 1)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(target)
        for index in 0..<target {
            let center = (Double(index) + 0.5) * scale
            ranges.append(max(0, Int(center - reach + 0.5))..<min(source, Int(center + reach + 0.5)))
        }
        let taps = ranges.reduce(1) { max($0, $1.count) }
        var starts = [Int](repeating: 0, count: target)
        var weights = [Float](repeating: 0, count: target * taps)
        for index in 0..<target {
            let center = (Double(index) + 0.5) * scale
            // Every target pixel gets the same number of taps, so the last ones start a little earlier.
            let start = min(ranges[index].lowerBound, source - taps)
            let values = ranges[index].map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
            let sum = values.reduce(0, +)
            for (position, value) in zip(ranges[index], values) {
                weights[index * taps + position - start] = Float(value / sum)
            }
            starts[index] = start
        }
        self.taps = taps
        self.starts = starts
        self.weights = weights
    }
}
