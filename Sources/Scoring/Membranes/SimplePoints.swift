/// Pixels that can change between cell and membrane without a change of topology: no cell is split, merged, made or
/// lost, and no hole either. Cells are 4-connected, membranes 8-connected.
package enum SimplePoints {
    /// Places around a pixel, clockwise from the upper left.
    package static let ring = [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)]

    /// For every pattern of cell pixels around a pixel (bit i is `ring[i]`), whether the pixel is simple: just one
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
