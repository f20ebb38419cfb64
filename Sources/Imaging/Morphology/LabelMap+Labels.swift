extension LabelMap {
    /// The voxels that have `label`, x fastest.
    public func mask(of label: UInt8) -> [Bool] { labels.map { $0 == label } }

    /// The voxels of each label from 0, background, to 255.
    public var labelCounts: [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for label in labels { counts[Int(label)] += 1 }
        return counts
    }

    /// The labels that occur, ascending, background (0) left out.
    public var presentLabels: [UInt8] {
        let counts = labelCounts
        return (1...255).filter { counts[$0] > 0 }.map { UInt8($0) }
    }
}
