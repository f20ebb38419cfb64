/// The loss of detail of slices that were taken at a lower resolution.
///
/// A slice is shrunk to a coarser grid over the same field of view, by the pixel nearest to each of its places, and
/// enlarged again linearly, as nnU-Net's `SimulateLowResolutionTransform` does (PyTorch's `interpolate`, `nearest-exact`
/// and then `bilinear` with `align_corners=False`). A factor of 1 changes nothing.
public struct LowResolution: Sendable, Hashable {
    /// Size of the slices; any depth.
    public let size: Extent
    /// Columns and rows of the coarser grid.
    public let coarse: Extent

    /// Slices of `size` as if they had `factor` times as many columns and rows, rounded and at least one.
    ///
    /// `factor`: greater than 0, at most 1.
    public init(size: Extent, factor: Double) {
        precondition(factor > 0 && factor <= 1, "a factor from 0 to 1")
        self.size = size
        func side(_ count: Int) -> Int { max(1, Int((Double(count) * factor).rounded(.toNearestOrEven))) }
        coarse = Extent(width: side(size.width), height: side(size.height))
    }

    /// Takes the detail from each of the slices of `pixels`, which has `size.count` of them, in place.
    public func apply(_ pixels: UnsafeMutablePointer<Float>) {
        guard coarse.width < size.width || coarse.height < size.height else { return }
        let width = size.width
        let columns = Self.places(of: size.width, among: coarse.width)
        let rows = Self.places(of: size.height, among: coarse.height)
        // The two rows of the coarse grid that a row lies between, as wide as the slice.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { room in
            for z in 0..<size.depth {
                let slice = pixels + z * size.sliceCount
                var (above, below) = (room.baseAddress!, room.baseAddress! + width)
                // Source rows that they were made of. A row is written after all that is read from it or above: the
                // next row of the coarse grid never comes from a source row that is done.
                var (made, next) = (-1, -1)
                for row in 0..<size.height {
                    let place = rows[row]
                    if made != place.first {
                        if next == place.first {
                            (above, below) = (below, above)
                        } else {
                            Self.enlarge(slice + place.first * width, columns, into: above)
                        }
                        (made, next) = (place.first, -1)
                    }
                    // Behind the last row there is none.
                    let isLast = place.second == place.first
                    if !isLast && next != place.second {
                        Self.enlarge(slice + place.second * width, columns, into: below)
                        next = place.second
                    }
                    let (target, upper, lower) = (slice + row * width, above, isLast ? above : below)
                    let share = place.share
                    for x in 0..<width { target[x] = upper[x] + share * (lower[x] - upper[x]) }
                }
            }
        }
    }

    /// Source pixels that a pixel is interpolated from, and the share of the second.
    private struct Place {
        let first: Int
        let second: Int
        let share: Float
    }

    /// A place for each of `count` pixels on a grid of `coarse`, itself made of the nearest of these pixels.
    private static func places(of count: Int, among coarse: Int) -> [Place] {
        let ratio = Double(coarse) / Double(count)
        func source(_ index: Int) -> Int {
            min(count - 1, Int((Double(min(index, coarse - 1)) + 0.5) / ratio))
        }
        return (0..<count).map { index in
            let place = max(0, (Double(index) + 0.5) * ratio - 0.5)
            return Place(
                first: source(Int(place)), second: source(Int(place) + 1),
                share: Float(place - Double(Int(place))))
        }
    }

    /// A row of the coarse grid, taken from a row of the source and enlarged.
    private static func enlarge(
        _ source: UnsafePointer<Float>, _ columns: [Place], into target: UnsafeMutablePointer<Float>
    ) {
        columns.withUnsafeBufferPointer { columns in
            for x in columns.indices {
                let place = columns[x]
                let (first, second) = (source[place.first], source[place.second])
                (target + x).initialize(to: first + place.share * (second - first))
            }
        }
    }
}
