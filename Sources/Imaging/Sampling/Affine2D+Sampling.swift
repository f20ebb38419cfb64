extension Affine2D {
    /// Fills `target` (size `targetSize`, x fastest) with values of `source` between its pixels, bilinear.
    ///
    /// Beyond the source lies `padding`; up to one pixel outside, values fade into it. Allocates nothing.
    public func sampleLinear(
        _ source: UnsafePointer<Float>, size: Extent, into target: UnsafeMutablePointer<Float>,
        targetSize: Extent, padding: Float = 0
    ) {
        precondition(size.depth == 1 && targetSize.depth == 1, "slices have depth 1")
        let (stepX, stepY) = (Float(xx), Float(yx))
        let stride = size.width
        for row in 0..<targetSize.height {
            let start = self(0, Double(row))
            let (startX, startY) = (Float(start.x), Float(start.y))
            let line = target + row * targetSize.width
            // Inside this span all four neighbours exist, which is nearly always; no checks there.
            let inside = span(startX: start.x, startY: start.y, size: size, width: targetSize.width)
            for column in 0..<inside.lowerBound {
                line[column] = Self.checked(
                    source, size, startX + stepX * Float(column), startY + stepY * Float(column), padding)
            }
            for column in inside {
                let x = startX + stepX * Float(column)
                let y = startY + stepY * Float(column)
                let (left, top) = (Int(x), Int(y))
                let (fx, fy) = (x - Float(left), y - Float(top))
                let corner = source + top * stride + left
                let upper = corner[0] + fx * (corner[1] - corner[0])
                let lower = corner[stride] + fx * (corner[stride + 1] - corner[stride])
                line[column] = upper + fy * (lower - upper)
            }
            for column in inside.upperBound..<targetSize.width {
                line[column] = Self.checked(
                    source, size, startX + stepX * Float(column), startY + stepY * Float(column), padding)
            }
        }
    }

    /// Fills `target` (size `targetSize`, x fastest) with the label of the source pixel nearest to each position.
    ///
    /// Beyond the source lies `padding`. Allocates nothing.
    public func sampleNearest(
        _ source: UnsafePointer<UInt8>, size: Extent, into target: UnsafeMutablePointer<UInt8>,
        targetSize: Extent, padding: UInt8 = 0
    ) {
        precondition(size.depth == 1 && targetSize.depth == 1, "slices have depth 1")
        let (stepX, stepY) = (Float(xx), Float(yx))
        let (width, height) = (Float(size.width), Float(size.height))
        for row in 0..<targetSize.height {
            let start = self(0, Double(row))
            // Half a pixel up, so that cutting off the fraction rounds to the nearest pixel.
            let (startX, startY) = (Float(start.x + 0.5), Float(start.y + 0.5))
            let line = target + row * targetSize.width
            for column in 0..<targetSize.width {
                let x = startX + stepX * Float(column)
                let y = startY + stepY * Float(column)
                let isInside = x >= 0 && y >= 0 && x < width && y < height
                line[column] = isInside ? source[Int(y) * size.width + Int(x)] : padding
            }
        }
    }

    /// One bilinear value with every neighbour checked.
    private static func checked(
        _ source: UnsafePointer<Float>, _ size: Extent, _ x: Float, _ y: Float, _ padding: Float
    ) -> Float {
        guard x > -1, y > -1, x < Float(size.width), y < Float(size.height) else { return padding }
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (fx, fy) = (x - Float(left), y - Float(top))
        func value(_ x: Int, _ y: Int) -> Float {
            x >= 0 && y >= 0 && x < size.width && y < size.height ? source[y * size.width + x] : padding
        }
        let upper = value(left, top) + fx * (value(left + 1, top) - value(left, top))
        let lower = value(left, top + 1) + fx * (value(left + 1, top + 1) - value(left, top + 1))
        return upper + fy * (lower - upper)
    }

    /// Columns of a target row whose positions lie inside the source by a margin that covers rounding to Float.
    private func span(startX: Double, startY: Double, size: Extent, width: Int) -> Range<Int> {
        let x = Self.columns(start: startX, step: xx, limit: size.width)
        let y = Self.columns(start: startY, step: yx, limit: size.height)
        let first = max(0, x.first, y.first).rounded(.up)
        let last = min(Double(width - 1), x.last, y.last).rounded(.down)
        return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }

    /// The first and last column where `start + step · column` lies between 0 and the last of `limit` pixels.
    private static func columns(start: Double, step: Double, limit: Int) -> (first: Double, last: Double) {
        let margin = 0.02
        let (low, high) = (margin, Double(limit - 1) - margin)
        if abs(step) < 1e-9 {
            return start >= low && start <= high ? (-.infinity, .infinity) : (.infinity, -.infinity)
        }
        let (one, other) = ((low - start) / step, (high - start) / step)
        return low <= high ? (min(one, other), max(one, other)) : (.infinity, -.infinity)
    }
}
