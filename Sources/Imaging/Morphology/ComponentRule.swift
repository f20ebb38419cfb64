/// Which connected components of a segmentation are kept.
public enum ComponentRule: String, Codable, Sendable, CaseIterable {
    /// The heart first: the largest component of all structures together, and of each structure its largest component
    /// within that.
    ///
    /// Right where the structures form one connected organ, and only there. A ventricle that is contracted may be
    /// smaller than an island of its label in a bone; the island does not touch the heart, and the ventricle does.
    case heart
    /// Of each structure its largest component, wherever it lies.
    case largest
    /// All components.
    case all
}

/// What a `ComponentRule` has removed of one structure.
public struct ComponentRemoval: Codable, Sendable, Hashable {
    /// The structure.
    public var structure: Structure
    /// Voxels that were removed.
    public var removed: Int
    /// Voxels that are left.
    public var kept: Int

    /// A removal of `removed` voxels of `structure`, of which `kept` are left.
    public init(structure: Structure, removed: Int, kept: Int) {
        self.structure = structure
        self.removed = removed
        self.kept = kept
    }

    /// Whether nothing of the structure is left.
    public var isComplete: Bool { kept == 0 }
}

extension LabelMap {
    /// This map with the components that `rule` keeps; the others become background.
    ///
    /// Components are found in the volume, not slice by slice. Neighbors by default include corners (26), because
    /// slices are thick and breath-holds shift them, so one structure may touch itself only across a corner. Of
    /// equally large components the first in memory stays.
    ///
    /// `labels`: the labels of the structures; others are left alone. nil means every label that occurs.
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

    /// What is missing here of the `structures` of `original`, the same map before a rule was applied; structures that
    /// lost nothing are left out.
    public func removals(from original: LabelMap, of structures: [Structure]) -> [ComponentRemoval] {
        let (before, after) = (original.labelCounts, labelCounts)
        return structures.compactMap { structure in
            let (old, new) = (before[Int(structure.label)], after[Int(structure.label)])
            return old > new ? ComponentRemoval(structure: structure, removed: old - new, kept: new) : nil
        }
    }

    /// Of each of `labels` the largest component.
    private func keepingLargestComponents(of labels: [UInt8], _ connectivity: Connectivity) -> LabelMap {
        var result = self
        for label in labels {
            precondition(label != 0, "background is not a structure")
            result.removeAllButLargest(of: mask(of: label), connectivity)
        }
        return result
    }

    /// Of the voxels that have one of `labels` the largest component.
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
