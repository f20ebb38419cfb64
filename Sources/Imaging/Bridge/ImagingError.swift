import NIfTI

/// An image file that cannot be used as a scan, a picture or a label map.
public enum ImagingError: Error, Sendable, Hashable {
    /// The image itself is not usable.
    case nifti(NIfTIError)
    /// The voxels of `path` have no positive, finite spacing (mm; x, y, z), so nothing can be measured in it.
    case noSpacing(path: String, found: [Double])
    /// `count` voxels of the label file `path` are not labels, which go from 0 to 255; `found` are some of them.
    case labelsOutOfRange(path: String, count: Int, found: [Int32])
    /// The frames of `path` are probabilities of more classes than there are labels, 256.
    case tooManyClasses(path: String, found: Int)
    /// The PNG file itself is not usable.
    case png(PNGError)
    /// The TIFF file itself is not usable.
    case tiff(TIFFError)
    /// `count` samples of the picture `path` are NaN or infinite.
    case nonFinite(path: String, count: Int)
    /// The pages of `path` are no volume: page `page`, from 0, has other columns, rows and channels than the first.
    case mixedPages(path: String, page: Int, expected: [Int], found: [Int])
    /// The picture `path` has colors where labels are expected.
    case colourLabels(path: String)
    /// The label picture `path` has samples that are no whole numbers from 0 to 65,535; `found` is the first.
    case notALabel(path: String, found: Float)
}
