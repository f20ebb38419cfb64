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
                "\(path) has a voxel spacing of \(spacing) mm; write the true one into the header (pixdim)."
        case .labelsOutOfRange(let path, let count, let found):
            let values = found.map(String.init).joined(separator: ", ")
            return "\(path) has \(count) voxels with values such as \(values) where labels from 0 to 255 are "
                + "expected; check that it is a label file and not a scan."
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
