import Foundation
import Imaging
import NIfTI

/// A case in memory, checked: image and labels have the same grid, and every label is known.
public struct LoadedCase: Sendable {
    /// Where it comes from.
    public let `case`: Case
    /// The image as read; its header is the pattern for predictions.
    public let image: NIfTIImage
    /// The intensities, finite; x runs fastest.
    public let volume: Volume
    /// The labels on the volume's grid; nil where there is no reference.
    public let labels: LabelMap?

    /// A loaded case from its parts.
    public init(case: Case, image: NIfTIImage, volume: Volume, labels: LabelMap?) {
        self.case = `case`
        self.image = image
        self.volume = volume
        self.labels = labels
    }
}

extension Case {
    /// Reads image and labels.
    ///
    /// - Parameter structures: the data set's classes: any other label but 0 is an error.
    /// - Throws: `DatasetError` if a file cannot be read or is no NIfTI file, the image is a series or has NaN or
    ///   infinite voxels or no spacing, the labels have another shape or spacing, are no whole numbers, or are not
    ///   among `structures`.
    public func load(structures: [Structure]) throws(DatasetError) -> LoadedCase {
        let (image, voxels) = try Self.read(self.image) { image throws(NIfTIError) in
            try image.floats(frame: 0)
        }
        guard image.frameCount == 1 else {
            throw .series(path: self.image.relativePath, frames: image.frameCount)
        }
        let spacing = image.header.spacing
        guard image.header.hasSpacing else { throw .noSpacing(path: self.image.relativePath, found: spacing) }
        let grid = image.header.grid
        let geometry = Geometry(
            width: grid.x, height: grid.y, depth: grid.z, spacing: Spacing(spacing[0], spacing[1], spacing[2])
        )
        let labels = try reference.map { file throws(DatasetError) in
            try Self.labels(of: file, image: self.image, geometry: geometry, structures: structures)
        }
        return LoadedCase(
            case: self, image: image, volume: Volume(geometry: geometry, voxels: voxels), labels: labels)
    }

    private static func read<Value>(
        _ file: URL, _ values: (NIfTIImage) throws(NIfTIError) -> [Value]
    ) throws(DatasetError) -> (NIfTIImage, [Value]) {
        do throws(NIfTIError) {
            let image = try NIfTIImage(contentsOf: file)
            return (image, try values(image))
        } catch {
            throw .nifti(error)
        }
    }

    private static func labels(
        of file: URL, image: URL, geometry: Geometry, structures: [Structure]
    ) throws(DatasetError) -> LabelMap {
        let (reference, values) = try read(file) { image throws(NIfTIError) in try image.integers(frame: 0) }
        let grid = reference.header.grid
        let expected = [geometry.width, geometry.height, geometry.depth]
        guard [grid.x, grid.y, grid.z] == expected, reference.frameCount == 1 else {
            throw .shapeMismatch(
                image: image.relativePath, reference: file.relativePath, expected: expected,
                found: reference.dimensions)
        }
        let spacing = [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z]
        let found = reference.header.spacing
        guard zip(spacing, found).allSatisfy({ abs($0 - $1) <= 1e-3 * $0 }) else {
            throw .spacingMismatch(
                image: image.relativePath, reference: file.relativePath, expected: spacing, found: found)
        }
        var isKnown = [Bool](repeating: false, count: 256)
        isKnown[0] = true
        for structure in structures { isKnown[Int(structure.label)] = true }
        var labels = [UInt8](repeating: 0, count: values.count)
        var unknown: Set<Int> = []
        for (index, value) in values.enumerated() {
            if 0...255 ~= value, isKnown[Int(value)] {
                labels[index] = UInt8(value)
            } else {
                unknown.insert(Int(value))
            }
        }
        guard unknown.isEmpty else {
            throw .unknownLabels(
                path: file.relativePath, found: unknown.sorted(), known: structures.map { Int($0.label) })
        }
        return LabelMap(geometry: geometry, labels: labels)
    }
}

extension DataSet {
    /// Reads a case of this data set; see `Case.load(structures:)`.
    public func load(_ item: Case) throws(DatasetError) -> LoadedCase {
        try item.load(structures: structures)
    }
}
