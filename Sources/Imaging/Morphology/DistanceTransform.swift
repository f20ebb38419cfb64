/// The exact Euclidean distance in mm of every voxel from the nearest voxel of a mask.
///
/// Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", Theory of Computing 8 (2012)
/// 415–428: one pass along each axis, each the lower envelope of parabolas; O(voxels).
public struct DistanceTransform: Sendable {
    /// Size of the mask.
    public let extent: Extent
    /// Squared distance in mm² of each voxel's center to the nearest center in the mask, x fastest: 0 in the mask,
    /// infinite everywhere if the mask is empty.
    public let squared: [Double]

    /// Measures distances to `mask` (`extent.count` voxels, x fastest) with voxels `spacing` mm apart.
    public init(to mask: [Bool], extent: Extent, spacing: Spacing) {
        precondition(mask.count == extent.count, "as many voxels as the mask's size says")
        precondition(spacing.x > 0 && spacing.y > 0 && spacing.z > 0, "a spacing is positive")
        var values = mask.map { $0 ? 0 : Double.infinity }
        var envelope = Envelope(length: max(extent.width, extent.height, extent.depth))
        values.withUnsafeMutableBufferPointer { values in
            let slice = extent.sliceCount
            for start in Swift.stride(from: 0, to: extent.count, by: extent.width) {
                envelope.transform(values, start: start, stride: 1, count: extent.width, spacing: spacing.x)
            }
            for z in 0..<extent.depth {
                for x in 0..<extent.width {
                    envelope.transform(
                        values, start: z * slice + x, stride: extent.width, count: extent.height,
                        spacing: spacing.y)
                }
            }
            for start in 0..<slice {
                envelope.transform(
                    values, start: start, stride: slice, count: extent.depth, spacing: spacing.z)
            }
        }
        self.extent = extent
        squared = values
    }

    /// Returns the distance in mm of the voxel at `index` in memory.
    public func distance(at index: Int) -> Double { squared[index].squareRoot() }
}

/// Room for the lower envelope of one line, reused for every line.
private struct Envelope {
    private var heights: [Double]
    private var apexes: [Int]
    private var starts: [Double]

    init(length: Int) {
        heights = [Double](repeating: 0, count: length)
        apexes = [Int](repeating: 0, count: length)
        starts = [Double](repeating: 0, count: length)
    }

    /// Replaces the values of a line with the minimum over the line of value + squared distance.
    mutating func transform(
        _ values: UnsafeMutableBufferPointer<Double>, start: Int, stride: Int, count: Int, spacing: Double
    ) {
        var last = -1
        for index in 0..<count {
            let height = values[start + index * stride]
            guard height < .infinity else { continue }
            heights[index] = height
            let position = Double(index) * spacing
            var begin = -Double.infinity
            while last >= 0 {
                let apex = Double(apexes[last]) * spacing
                // Where the parabola of this voxel falls below that of the last apex.
                begin =
                    ((height + position * position) - (heights[apexes[last]] + apex * apex))
                    / (2 * (position - apex))
                if begin > starts[last] { break }
                last -= 1
                begin = -.infinity
            }
            last += 1
            apexes[last] = index
            starts[last] = begin
        }
        guard last >= 0 else { return }
        var current = 0
        for index in 0..<count {
            let position = Double(index) * spacing
            while current < last && starts[current + 1] < position { current += 1 }
            let offset = position - Double(apexes[current]) * spacing
            values[start + index * stride] = heights[apexes[current]] + offset * offset
        }
    }
}
