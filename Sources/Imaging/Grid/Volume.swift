/// A scan's intensities on a grid. A 2D image is a volume of one slice.
public struct Volume: Sendable {
    /// Size and spacing (mm) of the grid.
    public var geometry: Geometry
    /// Intensities, x fastest, then y, then z; `geometry.count` of them.
    public var voxels: [Float]

    /// Creates a volume of `voxels` on `geometry`; x runs fastest.
    public init(geometry: Geometry, voxels: [Float]) {
        precondition(voxels.count == geometry.count, "as many voxels as the grid has")
        self.geometry = geometry
        self.voxels = voxels
    }
}

/// One class per voxel of a grid: 0 is background, other values are named by a list of `Structure`s.
public struct LabelMap: Sendable, Equatable {
    /// Size and spacing (mm) of the grid.
    public var geometry: Geometry
    /// Labels, x fastest, then y, then z; `geometry.count` of them.
    public var labels: [UInt8]

    /// Creates a label map of `labels` on `geometry`; x runs fastest.
    public init(geometry: Geometry, labels: [UInt8]) {
        precondition(labels.count == geometry.count, "as many labels as the grid has voxels")
        self.geometry = geometry
        self.labels = labels
    }
}

extension LabelMap {
    /// Returns the mask of the voxels that have `label`, x fastest.
    public func mask(of label: UInt8) -> [Bool] { labels.map { $0 == label } }

    /// The number of voxels of each label from 0, background, to 255.
    public var labelCounts: [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for label in labels { counts[Int(label)] += 1 }
        return counts
    }

    /// The labels that occur, in ascending order, without background (0).
    public var presentLabels: [UInt8] {
        let counts = labelCounts
        return (1...255).filter { counts[$0] > 0 }.map { UInt8($0) }
    }
}

/// A named class of a dataset: its value in label files and its name in tables.
public struct Structure: Sendable, Hashable, Codable {
    /// Short name for tables, such as `LV`.
    public var name: String
    /// Value in label files, 1 to 255; 0 is background and is not a structure.
    public var label: UInt8

    /// Creates the structure `name`, written as `label` in label files.
    public init(name: String, label: UInt8) {
        self.name = name
        self.label = label
    }
}

extension String {
    /// The name of a structure without differences in spelling: letter case, and `_` for a space.
    package var comparableName: String { lowercased().replacing("_", with: " ") }
}

extension [Structure] {
    /// The structures as command-line arguments: `RV=1 MYO=2 LV=3`, names with spaces in quotes.
    package var text: String {
        map { $0.name.contains(" ") ? "\"\($0.name)=\($0.label)\"" : "\($0.name)=\($0.label)" }
            .joined(separator: " ")
    }
}
