import Foundation
import Imaging
import NIfTI

extension Geometry {
    /// Creates the grid of one frame of a NIfTI image from its dimensions, and its spacing in mm from `pixdim`, never
    /// from the affine. A 2D image is one slice.
    ///
    /// - Throws: `ScanError.noSpacing` if the spacing is not positive and finite.
    public init(header: NIfTIHeader) throws(ScanError) {
        let spacing = header.spacing
        guard header.hasSpacing else { throw .noSpacing(path: header.name, found: spacing) }
        let grid = header.grid
        self.init(
            width: grid.x, height: grid.y, depth: grid.z, spacing: Spacing(spacing[0], spacing[1], spacing[2])
        )
    }
}

extension NIfTIHeader {
    /// The file name for error messages.
    var name: String { source?.relativePath ?? "the image" }
}

extension Volume {
    /// Creates a volume of the intensities of one frame of a NIfTI image, with slope and intercept applied.
    ///
    /// - Parameters:
    ///   - frame: the frame of a series, from 0; 0 for a 2D or 3D image.
    ///   - nonFinite: what to do with NaN and infinite voxels; they are refused by default.
    /// - Throws: `ScanError` if there is no such frame or no spacing, or voxels are refused.
    public init(
        image: NIfTIImage, frame: Int = 0, nonFinite: NIfTIImage.NonFinite = .refuse
    ) throws(ScanError) {
        let geometry = try Geometry(header: image.header)
        do {
            self.init(geometry: geometry, voxels: try image.floats(frame: frame, nonFinite: nonFinite))
        } catch {
            throw .nifti(error)
        }
    }
}

extension LabelMap {
    /// Creates a label map of one frame of a NIfTI image of any datatype; all values must be whole numbers from 0 to
    /// 255.
    ///
    /// - Parameter frame: the frame of a series, from 0; 0 for a 2D or 3D image.
    /// - Throws: `ScanError` if there is no such frame or no spacing, or a voxel is not a label.
    public init(image: NIfTIImage, frame: Int = 0) throws(ScanError) {
        let geometry = try Geometry(header: image.header)
        let values: [Int32]
        do {
            values = try image.integers(frame: frame)
        } catch {
            throw .nifti(error)
        }
        try self.init(geometry: geometry, values: values, path: image.header.name)
    }

    /// Creates a label map of the `values` of the file `path`, all of which must be from 0 to 255.
    init(geometry: Geometry, values: [Int32], path: String) throws(ScanError) {
        let strange = values.filter { !(0...255).contains($0) }
        guard strange.isEmpty else {
            throw .labelsOutOfRange(
                path: path, count: strange.count, found: Array(Set(strange).sorted().prefix(3)))
        }
        self.init(geometry: geometry, labels: values.map { UInt8(truncatingIfNeeded: $0) })
    }
}

extension NIfTIImage {
    /// Creates a uint8 image of labels with the header geometry of the scan they belong to, kept byte for byte.
    ///
    /// The map must be on the grid of `header`.
    public init(_ map: LabelMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(labels: map.labels, like: header)
    }

    /// Creates a float32 image of probabilities with the class as the fourth dimension, background first, and the
    /// header geometry of the scan they belong to.
    ///
    /// The map must be on the grid of `header`.
    public init(_ map: ProbabilityMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(floats: map.values, channels: map.channels, like: header)
    }
}

extension ProbabilityMap {
    /// Creates a map of probabilities as written by `NIfTIImage(_:like:)`: one frame per class.
    ///
    /// - Throws: `ScanError` if there are more than 256 frames or no spacing, or a voxel is NaN or infinite.
    public init(image: NIfTIImage) throws(ScanError) {
        let geometry = try Geometry(header: image.header)
        guard image.frameCount <= Self.maximumChannels else {
            throw .tooManyClasses(path: image.header.name, found: image.frameCount)
        }
        var values: [Float] = []
        values.reserveCapacity(image.frameCount * geometry.count)
        do {
            for frame in 0..<image.frameCount { values += try image.floats(frame: frame) }
        } catch {
            throw .nifti(error)
        }
        self.init(geometry: geometry, channels: image.frameCount, values: values)
    }
}
