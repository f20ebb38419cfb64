import Foundation
import Imaging
import NIfTI

/// A file of a case that by its header lies elsewhere than the case's image, though it has the image's grid.
///
/// Cases are used voxel by voxel, so this changes no result by itself; but labels that lie elsewhere were drawn on
/// another image, or turned or mirrored on their way.
public struct Misplacement: Sendable, Hashable, Codable {
    /// The path of the case's first image.
    public var image: String
    /// The path of the file that lies elsewhere.
    public var file: String
    /// Whether that is the reference; otherwise it is a further channel.
    public var isReference: Bool
    /// How far apart the two are.
    public var offset: GridOffset

    /// Compares two headers, both with `grid`; nil where they agree, where one of them states no place, and for files
    /// without header.
    public init?(
        of file: URL, _ header: NIfTIHeader?, from image: URL, _ imageHeader: NIfTIHeader?, on grid: Geometry,
        isReference: Bool = false
    ) {
        guard let place = header.flatMap(Placement.init(header:)),
            let expected = imageHeader.flatMap(Placement.init(header:)),
            let offset = GridOffset(of: place, from: expected, on: grid)
        else { return nil }
        (self.image, self.file) = (image.relativePath, file.relativePath)
        self.isReference = isReference
        self.offset = offset
    }
}

extension Misplacement: CustomStringConvertible {
    /// One plain sentence that names the files and says what to do.
    public var description: String {
        let lie = "\(file) and \(isReference ? "its image" : "the first channel") \(image) lie \(offset)"
        if offset.isDisputed {
            return
                "\(lie) according to one affine (sform or qform) but together according to the other; correct the "
                + "header that is wrong."
        }
        return "\(lie) according to their headers; "
            + (isReference
                ? "save the labels on the image's own grid" : "use channels of one scan on one grid")
            + ", or correct the header that is wrong."
    }
}
