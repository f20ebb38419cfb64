import Foundation
import Imaging
import NIfTI

extension Geometry {
    /// The grid of one frame of a NIfTI image: its dimensions, and its spacing in mm from `pixdim`, never from the
    /// affine. A 2D image is one slice.
    ///
    /// - Throws: `ScanError.noSpacing` where the spacing is not positive and finite.
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
    /// The file in errors.
    var name: String { source?.relativePath ?? "the image" }
}

extension Volume {
    /// The intensities of one frame of a NIfTI image, slope and intercept applied.
    ///
    /// - Parameters:
    ///   - frame: which frame of a series, from 0; 0 for a 2D or 3D image.
    ///   - nonFinite: what to do with NaN and infinite voxels; they are refused unless told otherwise.
    /// - Throws: `ScanError` where there is no such frame, no spacing, or voxels are refused.
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
    /// The labels of one frame of a NIfTI image of any datatype, all of which must be whole numbers from 0 to 255.
    ///
    /// - Parameter frame: which frame of a series, from 0; 0 for a 2D or 3D image.
    /// - Throws: `ScanError` where there is no such frame, no spacing, or a voxel is no label.
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

    /// The labels `values` of the file `path`, all of which must be from 0 to 255.
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
    /// Labels as a uint8 image with the header geometry of the scan they belong to, kept byte for byte.
    ///
    /// The map must lie on the grid of `header`.
    public init(_ map: LabelMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(labels: map.labels, like: header)
    }

    /// Probabilities as a float32 image whose fourth dimension is the class, background first, with the header
    /// geometry of the scan they belong to.
    ///
    /// The map must lie on the grid of `header`.
    public init(_ map: ProbabilityMap, like header: NIfTIHeader) {
        precondition(
            header.grid == (map.geometry.width, map.geometry.height, map.geometry.depth), "the same grid")
        self.init(floats: map.values, channels: map.channels, like: header)
    }
}

extension ProbabilityMap {
    /// Probabilities as `NIfTIImage(_:like:)` writes them: one frame a class.
    ///
    /// - Throws: `ScanError` where there are more than 256 frames, no spacing, or a voxel is NaN or infinite.
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
