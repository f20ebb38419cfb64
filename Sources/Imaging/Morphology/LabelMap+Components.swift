extension LabelMap {
    /// The voxels that have `label`, x fastest.
    public func mask(of label: UInt8) -> [Bool] { labels.map { $0 == label } }

    /// The labels that occur, ascending, background (0) left out.
    public var presentLabels: [UInt8] {
        var seen = [Bool](repeating: false, count: 256)
        for label in labels { seen[Int(label)] = true }
        return (1...255).filter { seen[$0] }.map { UInt8($0) }
    }

    /// This map with only the largest connected piece of each label; the others become background.
    ///
    /// Pieces are found in the volume, not slice by slice. Neighbours by default include corners (26), because
    /// slices are thick and breath-holds shift them, so one structure may touch itself only across a corner. Of
    /// equally large pieces the first in memory stays.
    ///
    /// - Parameter labels: the labels to clean; nil means every label that occurs.
    public func keepingLargestComponents(
        of labels: [UInt8]? = nil, connectivity: Connectivity = .corners
    ) -> LabelMap {
        var result = self
        for label in labels ?? presentLabels {
            precondition(label != 0, "background is not a structure")
            let components = ConnectedComponents(
                of: mask(of: label), extent: geometry.extent, connectivity: connectivity)
            guard components.sizes.count > 1, let largest = components.largest else { continue }
            for (index, id) in components.ids.enumerated() where id != 0 && id != largest {
                result.labels[index] = 0
            }
        }
        return result
    }
}
