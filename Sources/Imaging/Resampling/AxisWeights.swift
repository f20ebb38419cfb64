/// Which source pixels, and how much of each, make every pixel of a line that is resampled linearly.
///
/// The kernel is a triangle whose half-width is one pixel of the coarser of both grids: plain linear
/// interpolation where pixels get smaller, and a smoothing that prevents aliasing where they get larger
/// (Pillow's `BILINEAR`, PyTorch's `interpolate(mode: "bilinear", antialias: true)`). Beyond the ends of the line
/// the weights of what lies inside are scaled to 1, which repeats the end pixel.
struct AxisWeights: Sendable {
    /// Source pixels that go into each target pixel.
    let taps: Int
    /// First source pixel of each target pixel.
    let starts: [Int]
    /// `taps` weights of each target pixel.
    let weights: [Float]

    init(from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        let reach = max(scale, 1)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(target)
        for index in 0..<target {
            let centre = (Double(index) + 0.5) * scale
            ranges.append(max(0, Int(centre - reach + 0.5))..<min(source, Int(centre + reach + 0.5)))
        }
        let taps = ranges.reduce(1) { max($0, $1.count) }
        var starts = [Int](repeating: 0, count: target)
        var weights = [Float](repeating: 0, count: target * taps)
        for index in 0..<target {
            let centre = (Double(index) + 0.5) * scale
            // Every target pixel gets the same number of taps, so the last ones start a little earlier.
            let start = min(ranges[index].lowerBound, source - taps)
            let values = ranges[index].map { max(0, 1 - abs(Double($0) + 0.5 - centre) / reach) }
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
