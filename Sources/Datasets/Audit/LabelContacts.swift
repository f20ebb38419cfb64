import Imaging

/// The in-plane contacts between the labels of label maps.
public struct LabelContacts: Sendable, Equatable {
    /// `counts[a][b]`: sides at which a voxel of label a (structure k is row k + 1) meets a voxel of label b, with 0
    /// for background and the picture's edge. Sides within a label are not counted.
    public private(set) var counts: [[Int]]

    /// Creates counts for this many structures, without any contacts yet.
    public init(structures: Int) {
        counts = [[Int]](repeating: [Int](repeating: 0, count: structures + 1), count: structures + 1)
    }

    /// Creates contacts from earlier counts.
    package init(counts: [[Int]]) { self.counts = counts }

    /// Counts the contacts in `map` between the labels of `structures`.
    public init(of map: LabelMap, structures: [Structure]) {
        var place = [Int](repeating: 0, count: 256)
        for (index, structure) in structures.enumerated() { place[Int(structure.label)] = index + 1 }
        let classes = structures.count + 1
        let (width, height) = (map.geometry.width, map.geometry.height)
        var contacts = [Int](repeating: 0, count: classes * classes)
        map.labels.withUnsafeBufferPointer { labels in
            for slice in 0..<map.geometry.depth {
                for y in 0..<height {
                    for x in 0..<width {
                        let index = map.geometry.index(x, y, slice)
                        let own = place[Int(labels[index])]
                        guard own != 0 else { continue }
                        let left = x > 0 ? place[Int(labels[index - 1])] : 0
                        let right = x < width - 1 ? place[Int(labels[index + 1])] : 0
                        let above = y > 0 ? place[Int(labels[index - width])] : 0
                        let below = y < height - 1 ? place[Int(labels[index + width])] : 0
                        contacts[own * classes + left] += left == own ? 0 : 1
                        contacts[own * classes + right] += right == own ? 0 : 1
                        contacts[own * classes + above] += above == own ? 0 : 1
                        contacts[own * classes + below] += below == own ? 0 : 1
                    }
                }
            }
        }
        counts = (0..<classes).map { row in Array(contacts[row * classes..<(row + 1) * classes]) }
    }

    /// Adds the contacts of other maps with the same structures.
    public static func += (sum: inout LabelContacts, more: LabelContacts) {
        precondition(sum.counts.count == more.counts.count, "contacts of the same structures")
        for row in sum.counts.indices {
            for column in sum.counts.indices { sum.counts[row][column] += more.counts[row][column] }
        }
    }

    /// Returns the share of its border that structure `one` has with structure `other`, both counted from 0; nil if it
    /// has no border.
    func share(of one: Int, with other: Int) -> Double? {
        let border = counts[one + 1].reduce(0, +)
        return border > 0 ? Double(counts[one + 1][other + 1]) / Double(border) : nil
    }
}
