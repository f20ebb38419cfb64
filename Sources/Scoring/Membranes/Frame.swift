import Imaging

/// An image with a frame of membrane around it, so that every pixel has neighbors.
struct Frame {
    let stride: Int
    let count: Int
    /// Steps to the eight neighbors, in the order of `SimplePoints.ring`.
    let ring: [Int]
    let size: Extent
    init(_ size: Extent) {
        self.size = size
        let stride = size.width + 2
        self.stride = stride
        count = stride * (size.height + 2)
        ring = SimplePoints.ring.map { $0.1 * stride + $0.0 }
    }

    func place(_ x: Int, _ y: Int) -> Int { (y + 1) * stride + x + 1 }

    /// The places of the image's pixels, x fastest.
    var places: [Int] { (0..<size.height).flatMap { y in (0..<size.width).map { place($0, y) } } }

    func cells(_ isCell: (Int) -> Bool) -> [UInt8] {
        var cells = [UInt8](repeating: 0, count: count)
        for (index, place) in places.enumerated() where isCell(index) { cells[place] = 1 }
        return cells
    }

    func pattern(_ cells: UnsafeMutableBufferPointer<UInt8>, around place: Int) -> Int {
        var pattern = 0
        for bit in 0..<8 { pattern |= Int(cells[place + ring[bit]]) << bit }
        return pattern
    }
}

/// A search for whether a cell falls apart without one of its pixels.
struct PieceSearch {
    /// The largest distance at which connected pieces are found to be one; the challenge's number.
    private static let radius = 20
    private let frame: Frame
    /// The number of the last search that visited each place.
    private var marks: [Int32]
    private var search: Int32 = 0
    private var stack: [Int] = []

    init(_ frame: Frame) {
        self.frame = frame
        marks = [Int32](repeating: 0, count: frame.count)
    }

    /// Returns whether the cell pixels among the eight neighbors are in several pieces without the pixel, as far as can
    /// be seen within 20 pixels.
    mutating func isParted(_ cells: [UInt8], at place: Int) -> Bool {
        guard let first = frame.ring.first(where: { cells[place + $0] == 1 }) else { return false }
        let (x, y) = (place % frame.stride, place / frame.stride)
        search += 1
        marks[place] = search
        marks[place + first] = search
        stack.append(place + first)
        while let next = stack.popLast() {
            let (nextX, nextY) = (next % frame.stride, next / frame.stride)
            for (stepX, stepY) in [(-1, 0), (0, -1), (1, 0), (0, 1)] {
                // The frame is membrane, so no step leads out of it.
                let other = next + stepY * frame.stride + stepX
                guard cells[other] == 1, marks[other] != search, abs(nextX + stepX - x) <= Self.radius,
                    abs(nextY + stepY - y) <= Self.radius
                else { continue }
                marks[other] = search
                stack.append(other)
            }
        }
        return frame.ring.contains { cells[place + $0] == 1 && marks[place + $0] != search }
    }
}
