import NIfTI

/// A NIfTI image that cannot be used as a scan or a label map.
public enum ImagingError: Error, Sendable, Equatable {
    /// The image itself is not usable.
    case nifti(NIfTIError)
    /// The voxels of `path` have no positive, finite spacing (mm; x, y, z), so nothing can be measured in it.
    case noSpacing(path: String, found: [Double])
    /// `count` voxels of the label file `path` are not labels, which go from 0 to 255; `found` are some of them.
    case labelsOutOfRange(path: String, count: Int, found: [Int32])
}
