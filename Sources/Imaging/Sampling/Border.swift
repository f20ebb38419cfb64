/// What lies beyond the edge of an image.
public enum Border<Value: BitwiseCopyable & Sendable>: Sendable {
    /// The same value everywhere.
    case constant(Value)
    /// The image, mirrored about its outermost pixels, again and again: numpy's `reflect`.
    case mirror
}

extension Border: Equatable where Value: Equatable {}
extension Border: Hashable where Value: Hashable {}

/// Positions in an image that goes on beyond its edge as in a mirror.
public enum Mirror {
    /// The pixel, 0 to `count` − 1, that is seen at `index`.
    ///
    /// The outermost pixels are the mirrors and are not repeated: with 4 pixels, −2 … 5 show 2 1 0 1 2 3 2 1.
    @inlinable
    public static func index(_ index: Int, count: Int) -> Int {
        precondition(count > 0, "an image has at least one pixel")
        if index >= 0 && index < count { return index }
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = index % period
        let positive = place < 0 ? place + period : place
        return min(positive, period - positive)
    }
}
