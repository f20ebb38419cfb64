import Imaging

/// Cells grown into the membranes between them until at most a line of one pixel is left.
///
/// This is how the ISBI-2012 challenge thins borders before V^Rand and V^Info: the watershed of the binary proposal by
/// flooding (Soille and Vincent, "Determining watersheds in digital pictures via flooding simulations", SPIE 1360,
/// 1990), 4-connected. Cells are the basins. Membrane pixels next to them come first, column by column, and then those
/// next to these. Each one joins the cell that it touches, looking left, up, right and down, or becomes border if it
/// touches two; if it touches only a border, it becomes border too. Without any cell, the whole image is one basin.
/// Only proposals are thinned, not the truth, since membranes of the truth are not counted anyway.
package enum BorderThinning {
    private static let waiting: Int32 = -2
    private static let queued: Int32 = -3
    private static let outside: Int32 = -1
    private static let border: Int32 = 0

    /// Returns the cell of every pixel after thinning, 0 on borders; `cells` are those found by connected components.
    package static func thin(_ cells: ConnectedComponents) -> [Int32] {
        let (width, height) = (cells.extent.width, cells.extent.height)
        guard !cells.sizes.isEmpty else { return [Int32](repeating: 1, count: cells.ids.count) }
        // A one-pixel frame saves checks for the image's edges.
        let stride = width + 2
        var labels = [Int32](repeating: outside, count: stride * (height + 2))
        for y in 0..<height {
            for x in 0..<width {
                let id = cells.ids[y * width + x]
                labels[(y + 1) * stride + x + 1] = id == 0 ? waiting : id
            }
        }
        var queue: [Int] = []
        queue.reserveCapacity(cells.ids.count)
        let neighbors = (left: -1, up: -stride, right: 1, down: stride)
        labels.withUnsafeMutableBufferPointer { labels in
            for x in 1...width {
                for y in 1...height {
                    let place = y * stride + x
                    guard labels[place] == waiting else { continue }
                    if labels[place - 1] > 0 || labels[place - stride] > 0 || labels[place + 1] > 0
                        || labels[place + stride] > 0
                    {
                        labels[place] = queued
                        queue.append(place)
                    }
                }
            }
            var next = 0
            while next < queue.count {
                let place = queue[next]
                next += 1
                // A border taken over from a neighbor gives way to a cell; one between two cells does not.
                var givesWay = false
                func look(_ other: Int) {
                    let neighbor = labels[other]
                    if neighbor > 0 {
                        if labels[place] == queued || (labels[place] == border && givesWay) {
                            labels[place] = neighbor
                        } else if labels[place] > 0 && labels[place] != neighbor {
                            labels[place] = border
                            givesWay = false
                        }
                    } else if neighbor == border {
                        if labels[place] == queued {
                            labels[place] = border
                            givesWay = true
                        }
                    } else if neighbor == waiting {
                        labels[other] = queued
                        queue.append(other)
                    }
                }
                look(place + neighbors.left)
                look(place + neighbors.up)
                look(place + neighbors.right)
                look(place + neighbors.down)
            }
        }
        var thinned: [Int32] = []
        thinned.reserveCapacity(cells.ids.count)
        for y in 1...height { thinned += labels[y * stride + 1...y * stride + width] }
        return thinned
    }
}

/// Pixels that can change between cell and membrane without changing the topology: no cell or hole is split, merged,
/// created or lost. Cells are 4-connected, membranes 8-connected.
package enum SimplePoints {
    /// Places around a pixel, clockwise from the upper left.
    package static let ring = [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)]

    /// For every pattern of cell pixels around a pixel (bit i is `ring[i]`), whether the pixel is simple: exactly one
    /// 4-connected piece of cell within the ring touches it by a side, and not all of the ring is cell.
    package static let table: [Bool] = (0..<256).map { pattern in
        func isCell(_ place: Int) -> Bool { pattern >> (place & 7) & 1 == 1 }
        guard pattern != 255 else { return false }
        // Sides are the odd places. Going around, a piece that touches the pixel begins at a side whose predecessor,
        // a corner, is membrane, or is cell but not connected back to a side that is cell.
        let pieces = [1, 3, 5, 7].count { side in
            isCell(side) && !(isCell(side - 1 + 8) && isCell(side - 2 + 8))
        }
        return pieces == 1
    }
}
