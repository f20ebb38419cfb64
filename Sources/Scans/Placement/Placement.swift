import Foundation
import Imaging
import NIfTI

/// The placement of a grid in the patient, as stated in its NIfTI header: the directions of its axes and the position
/// of its first voxel.
///
/// Only the directions and the origin of an affine count; lengths come from `pixdim`, as everywhere here. All of ACDC's
/// affines have steps of 1 whatever the spacing, and other programs write the same grid with steps in millimeters.
public struct Placement: Sendable, Hashable {
    /// One of the header's two affines.
    struct Statement: Sendable, Hashable {
        /// Unit vectors along x, y and z of the grid.
        let directions: [SIMD3<Double>]
        /// The center of the first voxel, mm.
        let origin: SIMD3<Double>
    }

    /// The affines in the header, the sform first: most programs trust it more than the qform. Never empty.
    let statements: [Statement]

    /// Reads the sform and qform of `header` that have a code. Nil if neither has one, so that the header gives no
    /// place, or if neither can be used because its axes are zero, parallel, or not numbers.
    public init?(header: NIfTIHeader) {
        var found: [Statement] = []
        let unit = header.spaceUnit.millimeters
        if header.sformCode > 0, let sform = Statement(header.sform, unit: unit) { found.append(sform) }
        if header.qformCode > 0 {
            var affine = header.qform
            // Lengths are positive, so a negative one does not flip an axis.
            for axis in 0..<3 where header.pixdim[axis + 1] < 0 {
                for row in 0..<3 { affine[row * 4 + axis].negate() }
            }
            if let qform = Statement(affine, unit: unit) { found.append(qform) }
        }
        guard !found.isEmpty else { return nil }
        statements = found
    }
}

extension Placement.Statement {
    /// Reads the directions and the origin of a 4 × 4 affine, row by row, with lengths in units of `unit` mm.
    init?(_ affine: [Double], unit: Double) {
        func column(_ index: Int) -> SIMD3<Double> {
            SIMD3(affine[index], affine[4 + index], affine[8 + index])
        }
        let axes = (0..<3).compactMap { column($0).normalized }
        // Far beyond any scanner, and still finite when squared.
        let far = SIMD3<Double>(repeating: 1e12)
        let origin = (column(3) * unit).clamped(lowerBound: -far, upperBound: far)
        guard axes.count == 3, abs(axes[0].cross(axes[1]).dot(axes[2])) > 1e-3,
            (0..<3).allSatisfy({ column(3)[$0].isFinite })
        else { return nil }
        (directions, self.origin) = (axes, origin)
    }
}

extension SIMD3<Double> {
    func dot(_ other: SIMD3) -> Double { (self * other).sum() }

    func cross(_ other: SIMD3) -> SIMD3 {
        SIMD3(
            y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    var length: Double { dot(self).squareRoot() }

    /// The vector with length 1; nil if it has no direction.
    var normalized: SIMD3? {
        let largest = Swift.max(abs(x), abs(y), abs(z))
        guard largest > 0, largest.isFinite else { return nil }
        // Scaled first, so that squares neither vanish nor overflow.
        let scaled = self / largest
        return scaled / scaled.length
    }
}

/// A file of a case that its header places elsewhere than the case's image, although it has the image's grid.
///
/// Cases are used voxel by voxel, so this changes no result by itself; but labels placed elsewhere were drawn on
/// another image, or turned or mirrored along the way.
public struct Misplacement: Sendable, Hashable, Codable {
    /// The path of the case's first image.
    public var image: String
    /// The path of the file placed elsewhere.
    public var file: String
    /// Whether that file is the reference; otherwise it is another channel.
    public var isReference: Bool
    /// The distance between the two.
    public var offset: GridOffset

    /// Compares two headers, both with `grid`; nil if they agree or one of them gives no place, and for files without a
    /// header.
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
