/// Overlapping windows along one axis of an image, for networks whose output is as large as their input.
public struct SlidingWindow: Sendable, Hashable {
    /// Pixels of the image.
    public let size: Int
    /// Pixels of a window.
    public let window: Int
    /// Where the windows begin, ascending: the first at 0, the last so that it ends with the image. An image smaller
    /// than the window has one that begins in the middle of what is missing, at a negative pixel.
    public let starts: [Int]

    /// As few windows as cover the image with at least `overlap` (0 to below 1) of a window shared with the next,
    /// evenly spread and rounded to pixels.
    public init(size: Int, window: Int, overlap: Double = 0.5) {
        precondition(size > 0 && window > 0 && overlap >= 0 && overlap < 1, "windows cover an image")
        self.size = size
        self.window = window
        guard size > window else {
            starts = [-((window - size) / 2)]
            return
        }
        let free = size - window
        let largest = max(1, (Double(window) * (1 - overlap)).rounded(.down))
        let steps = Int((Double(free) / largest).rounded(.up))
        // Rounded down: steps between neighbors then differ by one pixel at most and none exceeds `largest`.
        starts = (0...steps).map { $0 * free / steps }
    }
}
