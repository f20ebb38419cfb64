import Foundation

extension ImagingError: CustomStringConvertible, LocalizedError {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .nifti(let error):
            return error.description
        case .noSpacing(let path, let found):
            let spacing = found.map { String(format: "%g", $0) }.joined(separator: " × ")
            return
                "\(path) has an invalid voxel spacing of \(spacing) mm; correct pixdim in the header."
        case .labelsOutOfRange(let path, let count, let found):
            let values = found.map(String.init).joined(separator: ", ")
            return "\(path) has \(count) voxels with values such as \(values) where labels from 0 to 255 are "
                + "expected; check that it is a label file and not a scan."
        case .tooManyClasses(let path, let found):
            return
                "\(path) has \(found) frames, but each frame holds the probability of one class, and there are at "
                + "most 256 classes; use the probabilities that belong to the prediction."
        case .png(let error):
            return error.description
        case .tiff(let error):
            return error.description
        case .nonFinite(let path, let count):
            return
                "\(path) has \(count) NaN or infinite pixels; replace them with finite values and try again."
        case .mixedPages(let path, let page, let expected, let found):
            return
                "\(path) has pages that differ: the first has \(Self.page(expected)), page \(page + 1) has "
                + "\(Self.page(found)); save them as separate files."
        case .colourLabels(let path):
            return
                "\(path) is a color picture where labels are expected; save the labels as gray levels or palette "
                + "indices."
        case .notALabel(let path, let found):
            return
                "\(path) has the value \(String(format: "%g", Double(found))) where labels from 0 to 65535 are "
                + "expected; check that it is a label file and not an image."
        }
    }

    private static func page(_ size: [Int]) -> String {
        "\(size[0]) × \(size[1]) pixels and \(size[2]) channel\(size[2] == 1 ? "" : "s")"
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
