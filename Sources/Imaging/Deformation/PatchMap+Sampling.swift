extension PatchMap {
    /// Fills the patch with values of `source`, interpolated bilinearly.
    ///
    /// Positions are computed once for all planes. With a constant border, values within one pixel outside fade into
    /// it. Allocates nothing per pixel.
    ///
    /// - Parameters:
    ///   - source: `planes.count` images of size `slice` (x fastest), `planes.stride` apart.
    ///   - target: receives as many patches of `size`, one after the other.
    public func sampleLinear(
        _ source: UnsafePointer<Float>, slice: Extent, planes: Planes = .one,
        into target: UnsafeMutablePointer<Float>, border: Border<Float>
    ) {
        precondition(slice.depth == 1, "slices have depth 1")
        let width = slice.width
        let (right, bottom) = (Float(slice.width - 1), Float(slice.height - 1))
        // The last pixel that has a neighbor after it; a single pixel is its own neighbor.
        let (lastLeft, lastTop) = (Int32(max(0, slice.width - 2)), Int32(max(0, slice.height - 2)))
        let (next, below) = (slice.width > 1 ? 1 : 0, slice.height > 1 ? width : 0)
        forEachRow { row, xs, ys in
            for plane in 0..<planes.count {
                let source = source + plane * planes.stride
                let line = target + plane * size.count + row * size.width
                for column in 0..<size.width {
                    var (x, y) = (xs[column], ys[column])
                    if !(x >= 0 && y >= 0 && x < right && y < bottom) {
                        switch border {
                        case .constant(let value):
                            line[column] = Self.fading(source, slice, x, y, value)
                            continue
                        case .mirror: (x, y) = (Self.mirrored(x, right), Self.mirrored(y, bottom))
                        }
                    }
                    let (left, top) = (min(Int32(x), lastLeft), min(Int32(y), lastTop))
                    let (fx, fy) = (x - Float(left), y - Float(top))
                    let corner = source + (Int(top) &* width &+ Int(left))
                    let upper = corner[0] + fx * (corner[next] - corner[0])
                    let lower = corner[below] + fx * (corner[below &+ next] - corner[below])
                    line[column] = upper + fy * (lower - upper)
                }
            }
        }
    }

    /// Fills the patch with the labels of the nearest pixels of `source`, so that no new label appears.
    ///
    /// Planes and border as in `sampleLinear`.
    public func sampleNearest(
        _ source: UnsafePointer<UInt8>, slice: Extent, planes: Planes = .one,
        into target: UnsafeMutablePointer<UInt8>, border: Border<UInt8>
    ) {
        nearest(source, slice, planes, target, border)
    }

    /// Fills the patch with the cells of the nearest pixels of `source`, for 16-bit instance labels.
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
        let (right, bottom) = (Float(slice.width - 1), Float(slice.height - 1))
        let (lastLeft, lastTop) = (Int32(slice.width - 1), Int32(slice.height - 1))
        forEachRow { row, xs, ys in
            for plane in 0..<planes.count {
                let source = source + plane * planes.stride
                let line = target + plane * size.count + row * size.width
                for column in 0..<size.width {
                    var (x, y) = (xs[column], ys[column])
                    if !(x >= -0.5 && y >= -0.5 && x < right + 0.5 && y < bottom + 0.5) {
                        switch border {
                        case .constant(let value):
                            line[column] = value
                            continue
                        case .mirror: (x, y) = (Self.mirrored(x, right), Self.mirrored(y, bottom))
                        }
                    }
                    // Add half a pixel, so that truncation rounds to the nearest pixel. The sum itself can round up to
                    // the next whole number, hence the limits.
                    let (left, top) = (min(Int32(x + 0.5), lastLeft), min(Int32(y + 0.5), lastTop))
                    line[column] = source[Int(top) &* slice.width &+ Int(left)]
                }
            }
        }
    }

    /// Returns the position between 0 and `last` that a mirror shows at `place`.
    private static func mirrored(_ place: Float, _ last: Float) -> Float {
        let distance = abs(place)
        if distance <= last { return distance }
        guard last > 0 else { return 0 }
        let rest = distance < 2 * last ? distance : distance.truncatingRemainder(dividingBy: 2 * last)
        return min(rest, 2 * last - rest)
    }

    /// Returns one bilinear value with neighbors that can be outside, where everything is `value`.
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

/// Several images of one size in one buffer: the channels of an image, the slices of a stack, or both.
public struct Planes: Sendable, Hashable {
    /// The number of images.
    public let count: Int
    /// Elements from the start of one to the start of the next.
    public let stride: Int

    /// Creates planes of `count` images, `stride` elements apart.
    public init(count: Int, stride: Int) {
        precondition(count > 0 && stride >= 0, "at least one image")
        self.count = count
        self.stride = stride
    }

    /// A single image.
    public static let one = Planes(count: 1, stride: 0)
}
