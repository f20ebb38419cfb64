/// Sides that a network takes, around one that was asked for.
public struct FittingSides: Sendable, Equatable {
    /// The largest that is not larger than the one asked for; nil where all that fit are larger.
    public var smaller: Int?
    /// The smallest that is not smaller.
    public var larger: Int

    /// The sides below and above one that was asked for.
    public init(smaller: Int?, larger: Int) {
        self.smaller = smaller
        self.larger = larger
    }
}
