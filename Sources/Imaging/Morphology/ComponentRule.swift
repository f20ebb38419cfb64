/// A rule for which connected components of a segmentation to keep.
public enum ComponentRule: String, Codable, Sendable, CaseIterable {
    /// The heart first: the largest component of all structures together, then the largest component of each structure
    /// within it.
    ///
    /// Correct only if the structures form one connected organ. A contracted ventricle can be smaller than an island of
    /// its label in a bone; the island does not touch the heart, but the ventricle does.
    case heart
    /// The largest component of each structure, wherever it is.
    case largest
    /// All components.
    case all
}

/// The result of a `ComponentRule` that removed voxels of one structure.
public struct ComponentRemoval: Codable, Sendable, Hashable {
    /// The structure.
    public var structure: Structure
    /// The number of voxels removed.
    public var removed: Int
    /// The number of voxels left.
    public var kept: Int

    /// Creates a removal of `removed` voxels of `structure` that left `kept`.
    public init(structure: Structure, removed: Int, kept: Int) {
        self.structure = structure
        self.removed = removed
        self.kept = kept
    }

    /// Whether nothing of the structure is left.
    public var isComplete: Bool { kept == 0 }
}

extension LabelMap {
    /// Returns this map with only the components that `rule` keeps; others become background.
    ///
    /// Components are found in the volume, not slice by slice. By default, neighbors include corners (26), because
    /// slices are thick and breath-holds shift them, so a structure can touch itself only across a corner. Of equally
    /// large components, the first in memory is kept.
    ///
    /// - Parameters:
    ///   - rule: the rule.
    ///   - labels: the labels of the structures; others are left alone. nil means every label that occurs.
    ///   - connectivity: which voxels are neighbors.
    /// - Complexity: O(voxels · structures).
    public func keeping(
        _ rule: ComponentRule, of labels: [UInt8]? = nil, connectivity: Connectivity = .corners
    ) -> LabelMap {
        switch rule {
        case .all: self
        case .largest: keepingLargestComponents(of: labels ?? presentLabels, connectivity)
        case .heart:
            keepingLargestComponent(ofAll: labels ?? presentLabels, connectivity)
                .keepingLargestComponents(of: labels ?? presentLabels, connectivity)
        }
    }

    /// Returns what a rule removed of the `structures` of `original`, the map before the rule was applied; structures
    /// that lost nothing are left out.
    public func removals(from original: LabelMap, of structures: [Structure]) -> [ComponentRemoval] {
        let (before, after) = (original.labelCounts, labelCounts)
        return structures.compactMap { structure in
            let (old, new) = (before[Int(structure.label)], after[Int(structure.label)])
            return old > new ? ComponentRemoval(structure: structure, removed: old - new, kept: new) : nil
        }
    }

    /// Keeps only the largest component of each of `labels`.
    private func keepingLargestComponents(of labels: [UInt8], _ connectivity: Connectivity) -> LabelMap {
        var result = self
        for label in labels {
            precondition(label != 0, "background is not a structure")
            result.removeAllButLargest(of: mask(of: label), connectivity)
        }
        return result
    }

    /// Keeps only the largest component of the voxels that have any of `labels`.
    private func keepingLargestComponent(ofAll labels: [UInt8], _ connectivity: Connectivity) -> LabelMap {
        precondition(!labels.contains(0), "background is not a structure")
        var isStructure = [Bool](repeating: false, count: 256)
        for label in labels { isStructure[Int(label)] = true }
        var result = self
        result.removeAllButLargest(of: self.labels.map { isStructure[Int($0)] }, connectivity)
        return result
    }

    private mutating func removeAllButLargest(of mask: [Bool], _ connectivity: Connectivity) {
        let components = ConnectedComponents(of: mask, extent: geometry.extent, connectivity: connectivity)
        guard components.sizes.count > 1, let largest = components.largest else { return }
        for (index, id) in components.ids.enumerated() where id != 0 && id != largest { labels[index] = 0 }
    }
}
