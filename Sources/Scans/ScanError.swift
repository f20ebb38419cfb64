import Foundation
import Imaging
import NIfTI

/// A scan, picture or label file that cannot be used.
public enum ScanError: Error, Sendable, Hashable {
    /// The NIfTI file itself is not usable.
    case nifti(NIfTIError)
    /// The PNG file itself is not usable.
    case png(PNGError)
    /// The TIFF file itself is not usable.
    case tiff(TIFFError)
    /// The voxels of `path` have no positive, finite spacing (mm; x, y, z), so nothing can be measured in it.
    case noSpacing(path: String, found: [Double])
    /// `count` voxels of the label file `path` are not labels, which go from 0 to 255; `found` are some of them.
    case labelsOutOfRange(path: String, count: Int, found: [Int32])
    /// The frames of `path` are probabilities of more classes than there are labels, 256.
    case tooManyClasses(path: String, found: Int)
    /// `count` samples of the picture `path` are NaN or infinite.
    case nonFinite(path: String, count: Int)
    /// The pages of `path` do not form a volume: page `page`, from 0, has other columns, rows and channels than the
    /// first.
    case mixedPages(path: String, page: Int, expected: [Int], found: [Int])
    /// The picture `path` has colors where labels are expected.
    case colorLabels(path: String)
    /// The label picture `path` has samples that are not whole numbers from 0 to 65,535; `found` is the first.
    case notALabel(path: String, found: Float)
    /// A series where a single frame is needed.
    case series(path: String, frames: Int)
    /// One channel's file has another number of voxels than the first.
    case channelShape(first: String, other: String, expected: [Int], found: [Int])
    /// One channel's file has another spacing (mm) than the first.
    case channelSpacing(first: String, other: String, expected: [Double], found: [Double])
}

extension ScanError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .nifti(let error):
            return error.description
        case .png(let error):
            return error.description
        case .tiff(let error):
            return error.description
        case .noSpacing(let path, let found):
            return
                "\(path) has no valid voxel size (pixdim is \(Self.millimeters(found))); set pixdim to the voxel size in millimeters."
        case .labelsOutOfRange(let path, let count, let found):
            let values = found.map(String.init).joined(separator: ", ")
            return "\(path) has \(count) voxels with values such as \(values) where labels from 0 to 255 are "
                + "expected; check that it is a label file and not a scan."
        case .tooManyClasses(let path, let found):
            return
                "\(path) has \(found) frames, but each frame holds the probability of one class, and there are at "
                + "most 256 classes; use the probabilities that belong to the prediction."
        case .nonFinite(let path, let count):
            return
                "\(path) has \(count) NaN or infinite pixels; replace them with finite values and try again."
        case .mixedPages(let path, let page, let expected, let found):
            return
                "\(path) has pages that differ: the first has \(Self.page(expected)), page \(page + 1) has "
                + "\(Self.page(found)); save them as separate files."
        case .colorLabels(let path):
            return
                "\(path) is a color picture where labels are expected; save the labels as gray levels or palette "
                + "indices."
        case .notALabel(let path, let found):
            return
                "\(path) has the value \(String(format: "%g", Double(found))) where labels from 0 to 65535 are "
                + "expected; check that it is a label file and not an image."
        case .series(let path, let frames):
            return "\(path) is a series of \(frames) frames; save each frame as a separate file."
        case .channelShape(let first, let other, let expected, let found):
            return
                "\(other) has \(Self.product(found)) voxels, but the first channel \(first) has "
                + "\(Self.product(expected)); use channels of one scan on one grid."
        case .channelSpacing(let first, let other, let expected, let found):
            return
                "\(other) has voxels of \(Self.millimeters(found)), but the first channel \(first) has voxels of "
                + "\(Self.millimeters(expected)); use channels of one scan on one grid."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }

    private static func page(_ size: [Int]) -> String {
        "\(size[0]) × \(size[1]) pixels and \(size[2]) channel\(size[2] == 1 ? "" : "s")"
    }

    /// Returns dimensions as text, such as 216 × 256 × 10.
    package static func product(_ dimensions: [Int]) -> String {
        dimensions.map(String.init).joined(separator: " × ")
    }

    /// Returns spacings as text, such as 1.5625 × 1.5625 × 10 mm.
    package static func millimeters(_ spacing: [Double]) -> String {
        spacing.map { String(format: "%g", $0) }.joined(separator: " × ") + " mm"
    }
}
