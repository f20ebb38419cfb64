import Foundation

/// A blur of slices by a Gaussian, of its own width along x and along y.
///
/// Separable: weights exp(−k² / 2σ²) at whole pixels k up to 3 σ (rounded), divided by their sum. Beyond its edge a slice
/// goes on mirrored, the edge pixel repeated (d c b a | a b c d), so that constants are kept and so is the sum of all
/// pixels. This is `scipy.ndimage.gaussian_filter(image, sigma, mode="reflect", truncate=3)`.
public struct GaussianBlur: Sendable, Hashable {
    /// Weights along x, from the middle outward.
    private let across: [Float]
    /// Weights along y, from the middle outward.
    private let down: [Float]

    /// A blur with standard deviations of `x` columns and `y` rows; 0 leaves an axis as it is.
    public init(x: Double, y: Double) {
        across = Self.weights(x)
        down = Self.weights(y)
    }

    private static func weights(_ deviation: Double) -> [Float] {
        precondition(deviation >= 0 && deviation <= 1000, "a width from 0 to 1000 pixels")
        guard deviation > 0 else { return [1] }
        let half = (0...Int(3 * deviation + 0.5)).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        let sum = 2 * half.reduce(0, +) - half[0]
        return half.map { Float($0 / sum) }
    }

    /// Blurs each of the slices of `pixels`, which has `size.count` of them, in place.
    ///
    /// One sweep over the rows: each is blurred along x into a ring of as many rows as the weights along y reach, from
    /// which finished rows come. Nothing else is allocated.
    public func apply(_ pixels: UnsafeMutablePointer<Float>, size: Extent) {
        let width = size.width
        let (reachX, reachY) = (across.count - 1, down.count - 1)
        let rows = min(2 * reachY + 1, size.height)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * width + width + 2 * reachX) { room in
            let ring = room.baseAddress!
            let padded = ring + rows * width
            func blurred(_ row: Int) -> UnsafePointer<Float> {
                UnsafePointer(ring + Self.mirrored(row, size.height) % rows * width)
            }
            for z in 0..<size.depth {
                let slice = pixels + z * size.sliceCount
                for row in 0..<size.height + reachY {
                    if row < size.height {
                        pad(slice + row * width, width: width, into: padded)
                        blurRow(padded, width: width, into: ring + row % rows * width)
                    }
                    let done = row - reachY
                    guard done >= 0 else { continue }
                    Self.weigh(
                        down, into: slice + done * width, count: width,
                        ahead: { blurred(done + $0) }, behind: { blurred(done - $0) })
                }
            }
        }
    }

    /// A row that goes on mirrored by as many pixels as the weights reach.
    private func pad(
        _ row: UnsafePointer<Float>, width: Int, into padded: UnsafeMutablePointer<Float>
    ) {
        let reach = across.count - 1
        (padded + reach).initialize(from: row, count: width)
        for k in 0..<reach {
            (padded + reach - 1 - k).initialize(to: row[Self.mirrored(-1 - k, width)])
            (padded + reach + width + k).initialize(to: row[Self.mirrored(width + k, width)])
        }
    }

    private func blurRow(
        _ padded: UnsafePointer<Float>, width: Int, into target: UnsafeMutablePointer<Float>
    ) {
        let middle = padded + across.count - 1
        Self.weigh(across, into: target, count: width, ahead: { middle + $0 }, behind: { middle - $0 })
    }

    /// Sums `count` pixels with their neighbors `k` ahead and `k` behind by the k-th of `weights`.
    @inline(__always)
    private static func weigh(
        _ weights: [Float], into target: UnsafeMutablePointer<Float>, count: Int,
        ahead: (Int) -> UnsafePointer<Float>, behind: (Int) -> UnsafePointer<Float>
    ) {
        let (weight, middle) = (weights[0], ahead(0))
        for index in 0..<count { target[index] = weight * middle[index] }
        for k in 1..<weights.count {
            let (weight, next, last) = (weights[k], ahead(k), behind(k))
            for index in 0..<count { target[index] += weight * (next[index] + last[index]) }
        }
    }

    /// The pixel that is seen at `index`, which may lie beyond the edge more than once.
    private static func mirrored(_ index: Int, _ count: Int) -> Int {
        if index >= 0 && index < count { return index }
        let place = index % (2 * count)
        let positive = place < 0 ? place + 2 * count : place
        return min(positive, 2 * count - 1 - positive)
    }
}
