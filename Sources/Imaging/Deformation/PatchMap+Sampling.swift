/// Several images of one size in one buffer: the channels of an image, the slices of a stack, or both.
public struct Planes: Sendable, Hashable {
    /// How many images there are.
    public let count: Int
    /// Elements from the start of one to the start of the next.
    public let stride: Int

    /// `count` images, `stride` elements apart.
    public init(count: Int, stride: Int) {
        precondition(count > 0 && stride >= 0, "at least one image")
        self.count = count
        self.stride = stride
    }

    /// A single image.
    public static let one = Planes(count: 1, stride: 0)
}

extension PatchMap {
    /// Fills the patch with values of `source` between its pixels, bilinear.
    ///
    /// Places are worked out once for all planes, and where the map keeps pixels they are copied. With a constant border,
    /// values within one pixel outside fade into it. Allocates nothing per pixel.
    ///
    /// - `source`: `planes.count` images of size `slice` (x fastest), `planes.stride` apart.
    /// - `target`: receives as many patches of `size`, one after the other.
    public func sampleLinear(
        _ source: UnsafePointer<Float>, slice: Extent, planes: Planes = .one,
        into target: UnsafeMutablePointer<Float>, border: Border<Float>
    ) {
        precondition(slice.depth == 1, "slices have depth 1")
        if let pixels { return copy(pixels, source, slice, planes, target, border) }
        let width = slice.width
        let limits = (low: Float(0), right: Float(slice.width - 1), bottom: Float(slice.height - 1))
        withPlaces(in: slice, limits, offset: 0) { row, xs, ys, inner, corners in
            for plane in 0..<planes.count {
                let source = source + plane * planes.stride
                let line = target + plane * size.count + row * size.width
                for column in 0..<inner.lowerBound {
                    line[column] = Self.linear(source, slice, xs[column], ys[column], border)
                }
                for column in inner {
                    let corner = source + Int(corners[column])
                    let (fx, fy) = (xs[column], ys[column])
                    let upper = corner[0] + fx * (corner[1] - corner[0])
                    let lower = corner[width] + fx * (corner[width &+ 1] - corner[width])
                    line[column] = upper + fy * (lower - upper)
                }
                for column in inner.upperBound..<size.width {
                    line[column] = Self.linear(source, slice, xs[column], ys[column], border)
                }
            }
        }
    }

    /// Fills the patch with the labels of the pixels of `source` nearest to its places: no label that was not there.
    ///
    /// Planes and border as in `sampleLinear`.
    public func sampleNearest(
        _ source: UnsafePointer<UInt8>, slice: Extent, planes: Planes = .one,
        into target: UnsafeMutablePointer<UInt8>, border: Border<UInt8>
    ) {
        nearest(source, slice, planes, target, border)
    }

    /// Fills the patch with the cells of the pixels of `source` nearest to its places, for 16-bit instance labels.
    public func sampleNearest(
        _ source: UnsafePointer<UInt16>, slice: Extent, planes: Planes = .one,
        into target: UnsafeMutablePointer<UInt16>, border: Border<UInt16>
    ) {
        nearest(source, slice, planes, target, border)
    }

    private func nearest<Value: BitwiseCopyable>(
        _ source: UnsafePointer<Value>, _ slice: Extent, _ planes: Planes,
        _ target: UnsafeMutablePointer<Value>, _ border: Border<Value>
    ) {
        precondition(slice.depth == 1, "slices have depth 1")
        if let pixels { return copy(pixels, source, slice, planes, target, border) }
        let limits = (
            low: Float(-0.5), right: Float(slice.width - 1) + 0.5, bottom: Float(slice.height - 1) + 0.5
        )
        // Half a pixel up, so that cutting off the fraction rounds to the nearest pixel.
        withPlaces(in: slice, limits, offset: 0.5) { row, xs, ys, inner, indices in
            for plane in 0..<planes.count {
                let source = source + plane * planes.stride
                let line = target + plane * size.count + row * size.width
                for column in 0..<inner.lowerBound {
                    line[column] = Self.nearest(source, slice, xs[column], ys[column], border)
                }
                for column in inner { line[column] = source[Int(indices[column])] }
                for column in inner.upperBound..<size.width {
                    line[column] = Self.nearest(source, slice, xs[column], ys[column], border)
                }
            }
        }
    }

    /// Copies whole pixels, forward or mirrored.
    private func copy<Value: BitwiseCopyable>(
        _ pixels: (x: Int, y: Int, stepX: Int, stepY: Int), _ source: UnsafePointer<Value>, _ slice: Extent,
        _ planes: Planes, _ target: UnsafeMutablePointer<Value>, _ border: Border<Value>
    ) {
        let (x, step) = (pixels.x, pixels.stepX)
        // Columns of the patch that lie in the slice.
        let first = min(size.width, max(0, step > 0 ? -x : x - slice.width + 1))
        let end = max(first, min(size.width, step > 0 ? slice.width - x : x + 1))
        for plane in 0..<planes.count {
            for row in 0..<size.height {
                let line = target + plane * size.count + row * size.width
                var y = pixels.y + pixels.stepY * row
                switch border {
                case .constant(let value):
                    guard (0..<slice.height).contains(y) else {
                        line.update(repeating: value, count: size.width)
                        continue
                    }
                    for column in 0..<first { line[column] = value }
                    for column in end..<size.width { line[column] = value }
                case .mirror:
                    y = Mirror.index(y, count: slice.height)
                    let from = source + plane * planes.stride + y * slice.width
                    for column in 0..<first {
                        line[column] = from[Mirror.index(x + step * column, count: slice.width)]
                    }
                    for column in end..<size.width {
                        line[column] = from[Mirror.index(x + step * column, count: slice.width)]
                    }
                }
                let from = source + plane * planes.stride + y * slice.width + x + step * first
                if step > 0 {
                    (line + first).update(from: from, count: end - first)
                } else {
                    for column in 0..<end - first { line[first &+ column] = from[0 &- column] }
                }
            }
        }
    }

    /// Gives `body` the places of every row in turn, and those of its columns, one run of them, that lie between the
    /// limits. There `indices` are the pixels of the slice found by cutting off the fractions, after `offset` was added,
    /// and the places themselves are no more than these fractions.
    private func withPlaces(
        in slice: Extent, _ limits: (low: Float, right: Float, bottom: Float), offset: Float,
        _ body: (
            _ row: Int, _ xs: UnsafePointer<Float>, _ ys: UnsafePointer<Float>, _ inner: Range<Int>,
            _ indices: UnsafePointer<Int32>
        ) -> Void
    ) {
        // As far as Floats count pixels.
        let isCountable = slice.count < 1 << 23
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: size.width) { room in
            let indices = room.baseAddress!
            forEachRow { row, xs, ys in
                let inner = isCountable ? run(xs, ys, limits) : 0..<0
                let start = inner.lowerBound
                Self.split(
                    xs + start, ys + start, count: inner.count, offset: offset, slice: slice,
                    into: indices + start)
                body(row, xs, ys, inner, indices)
            }
        }
    }

    /// The columns whose places lie between the limits; none where these are not a single run.
    private func run(
        _ xs: UnsafePointer<Float>, _ ys: UnsafePointer<Float>,
        _ limits: (low: Float, right: Float, bottom: Float)
    ) -> Range<Int> {
        let (low, right, bottom) = limits
        func isInside(_ column: Int) -> Bool {
            xs[column] >= low && ys[column] >= low && xs[column] < right && ys[column] < bottom
        }
        var (first, end) = (0, size.width)
        while first < end, !isInside(first) { first += 1 }
        while end > first, !isInside(end - 1) { end -= 1 }
        // Without a distortion places lie on a line.
        guard elastic != nil else { return first..<end }
        var outside: Int32 = 0
        for column in first..<end {
            let (x, y) = (xs[column], ys[column])
            outside |= (x >= low ? 0 : 1) | (x < right ? 0 : 1)
            outside |= (y >= low ? 0 : 1) | (y < bottom ? 0 : 1)
        }
        return outside == 0 ? first..<end : 0..<0
    }

    /// Splits places, which lie in the slice once `offset` is added, into the pixels below them and the fractions, which
    /// take the places of the places.
    private static func split(
        _ xs: UnsafeMutablePointer<Float>, _ ys: UnsafeMutablePointer<Float>, count: Int, offset: Float,
        slice: Extent, into indices: UnsafeMutablePointer<Int32>
    ) {
        let (width, right, bottom) = (Float(slice.width), Float(slice.width - 1), Float(slice.height - 1))
        for index in 0..<count {
            let (x, y) = (xs[index] + offset, ys[index] + offset)
            // The sum may have rounded up to the next whole number, hence the limits.
            let (left, top) = (min(whole(x), right), min(whole(y), bottom))
            (xs[index], ys[index]) = (x - left, y - top)
            let sum = top * width + left + ones
            (indices + index).initialize(to: Int32(bitPattern: sum.bitPattern) &- 0x4b00_0000)
        }
    }

    /// From here on Floats count by ones, in the lowest bits.
    private static let ones: Float = 0x1p23

    /// The whole number at or below `place`, which is at least 0 and less than `ones`. Unlike a conversion, which may fail,
    /// this needs no branch.
    @inline(__always)
    private static func whole(_ place: Float) -> Float {
        let rounded = (place + ones) - ones
        return rounded > place ? rounded - 1 : rounded
    }

    /// One bilinear value anywhere.
    private static func linear(
        _ source: UnsafePointer<Float>, _ slice: Extent, _ x: Float, _ y: Float, _ border: Border<Float>
    ) -> Float {
        let (right, bottom) = (Float(slice.width - 1), Float(slice.height - 1))
        var (x, y) = (x, y)
        if !(x >= 0 && y >= 0 && x < right && y < bottom) {
            switch border {
            case .constant(let value): return fading(source, slice, x, y, value)
            case .mirror: (x, y) = (mirrored(x, right), mirrored(y, bottom))
            }
        }
        // The last pixel that has a neighbor behind it; a single pixel is its own neighbor.
        let (left, top) = (min(Int(x), max(0, slice.width - 2)), min(Int(y), max(0, slice.height - 2)))
        let (next, below) = (slice.width > 1 ? 1 : 0, slice.height > 1 ? slice.width : 0)
        let (fx, fy) = (x - Float(left), y - Float(top))
        let corner = source + (top &* slice.width &+ left)
        let upper = corner[0] + fx * (corner[next] - corner[0])
        let lower = corner[below] + fx * (corner[below &+ next] - corner[below])
        return upper + fy * (lower - upper)
    }

    /// The nearest value anywhere.
    private static func nearest<Value: BitwiseCopyable>(
        _ source: UnsafePointer<Value>, _ slice: Extent, _ x: Float, _ y: Float, _ border: Border<Value>
    ) -> Value {
        let (right, bottom) = (Float(slice.width - 1), Float(slice.height - 1))
        var (x, y) = (x, y)
        if !(x >= -0.5 && y >= -0.5 && x < right + 0.5 && y < bottom + 0.5) {
            switch border {
            case .constant(let value): return value
            case .mirror: (x, y) = (mirrored(x, right), mirrored(y, bottom))
            }
        }
        // The sum itself may round up to the next whole number, hence the limits.
        let (left, top) = (min(Int(x + 0.5), slice.width - 1), min(Int(y + 0.5), slice.height - 1))
        return source[top &* slice.width &+ left]
    }

    /// The place between 0 and `last` that a mirror shows at `place`.
    private static func mirrored(_ place: Float, _ last: Float) -> Float {
        let distance = abs(place)
        if distance <= last { return distance }
        guard last > 0 else { return 0 }
        let rest = distance < 2 * last ? distance : distance.truncatingRemainder(dividingBy: 2 * last)
        return min(rest, 2 * last - rest)
    }

    /// One bilinear value of which some neighbors may lie outside, where everything is `value`.
    private static func fading(
        _ source: UnsafePointer<Float>, _ size: Extent, _ x: Float, _ y: Float, _ value: Float
    ) -> Float {
        guard x > -1, y > -1, x < Float(size.width), y < Float(size.height) else { return value }
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (fx, fy) = (x - Float(left), y - Float(top))
        func pixel(_ x: Int, _ y: Int) -> Float {
            x >= 0 && y >= 0 && x < size.width && y < size.height ? source[y * size.width + x] : value
        }
        let upper = pixel(left, top) + fx * (pixel(left + 1, top) - pixel(left, top))
        let lower = pixel(left, top + 1) + fx * (pixel(left + 1, top + 1) - pixel(left, top + 1))
        return upper + fy * (lower - upper)
    }
}
