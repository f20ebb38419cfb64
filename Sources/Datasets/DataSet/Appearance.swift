import Imaging

/// What the values of a file look like, whatever its name says.
enum Appearance: Equatable {
    /// A few small whole numbers in large areas; so many of them.
    case labels(values: Int)
    /// Many numbers in disorder, or fractions; so many of them.
    case intensities(values: Int)
    /// Neither for sure.
    case unclear

    /// More different values are not judged as labels here, though a dataset may have up to `Case.classLimit`.
    private static let fewValues = 16

    /// Looks at `volume`. Takes a moment only where it may be labels: an image shows itself in its first voxels.
    init(of volume: Volume) {
        let voxels = volume.voxels
        var found: Set<Float> = []
        let mayBeLabels = voxels.allSatisfy { value in
            guard value >= 0, value <= 255, value == value.rounded() else { return false }
            found.insert(value)
            return found.count <= Case.classLimit
        }
        let width = volume.geometry.width
        if mayBeLabels {
            let isFew = (2...Self.fewValues).contains(found.count)
            self =
                isFew && Self.sameNeighbors(voxels, width, countingZero: true) >= 0.8
                ? .labels(values: found.count) : .unclear
        } else {
            let values = Set(voxels).count
            let hasFractions = voxels.contains { $0 != $0.rounded() }
            // Objects that are numbered lie in areas too; the dark around an image's body is none of its own.
            let isDisorder = Self.sameNeighbors(voxels, width, countingZero: false) < 0.5
            self =
                hasFractions || values > Case.classLimit && isDisorder
                ? .intensities(values: values) : .unclear
        }
    }

    /// The share of neighbors along x that have the same value.
    private static func sameNeighbors(_ voxels: [Float], _ width: Int, countingZero: Bool) -> Double {
        var (same, all) = (0, 0)
        for index in voxels.indices where index % width > 0 {
            let (left, right) = (voxels[index - 1], voxels[index])
            guard countingZero || left != 0 || right != 0 else { continue }
            all += 1
            if left == right { same += 1 }
        }
        return all > 0 ? Double(same) / Double(all) : 1
    }
}
