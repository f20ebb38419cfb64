/// The range, mean and standard deviation of an image's intensities.
public struct IntensityStatistics: Sendable, Hashable {
    /// The smallest intensity.
    public let minimum: Float
    /// The largest intensity.
    public let maximum: Float
    /// The mean.
    public let mean: Float
    /// The standard deviation, of the pixels themselves (divided by their number).
    public let standardDeviation: Float

    /// Looks once at each of `pixels`, which are finite and at least one.
    ///
    /// Sums are of differences to the first pixel, in single precision for 512 pixels at a time and in double precision
    /// beyond, so that mean and deviation are good to some 1e-6 of the range.
    public init(_ pixels: UnsafeBufferPointer<Float>) {
        precondition(!pixels.isEmpty, "at least one pixel")
        let first = pixels[0]
        var (low, high) = (SIMD8<Float>(repeating: first), SIMD8<Float>(repeating: first))
        var (sum, squares) = (0.0, 0.0)
        var start = 0
        while start < pixels.count {
            let end = min(start + 512, pixels.count)
            var (sums, squaresOfLanes) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
            while start + 8 <= end {
                let values = UnsafeRawPointer(pixels.baseAddress! + start)
                    .loadUnaligned(as: SIMD8<Float>.self)
                let differences = values - first
                low.replace(with: values, where: values .< low)
                high.replace(with: values, where: values .> high)
                sums += differences
                squaresOfLanes += differences * differences
                start += 8
            }
            sum += Double(sums.sum())
            squares += Double(squaresOfLanes.sum())
            // What is left at the very end.
            while start < end {
                let value = pixels[start]
                low[0] = min(low[0], value)
                high[0] = max(high[0], value)
                sum += Double(value - first)
                squares += Double((value - first) * (value - first))
                start += 1
            }
        }
        let count = Double(pixels.count)
        minimum = low.min()
        maximum = high.max()
        mean = Float(Double(first) + sum / count)
        standardDeviation = Float(max(0, squares / count - (sum / count) * (sum / count)).squareRoot())
    }
}
