import Foundation

extension NIfTIHeader {
    /// The unit of lengths in the file.
    public enum SpaceUnit: Int, Sendable, Hashable {
        /// Not stated; read as millimeters.
        case unknown = 0
        /// Meters.
        case meter = 1
        /// Millimeters.
        case millimeter = 2
        /// Micrometers.
        case micrometer = 3

        /// The length of one unit in millimeters.
        public var millimeters: Double {
            switch self {
            case .unknown, .millimeter: 1
            case .meter: 1000
            case .micrometer: 0.001
            }
        }
    }

    /// The unit of the fourth dimension in the file.
    public enum TimeUnit: Int, Sendable, Hashable {
        /// Not stated.
        case unknown = 0
        /// Seconds.
        case second = 8
        /// Milliseconds.
        case millisecond = 16
        /// Microseconds.
        case microsecond = 24
        /// Hertz.
        case hertz = 32
        /// Parts per million.
        case partsPerMillion = 40
        /// Radians per second.
        case radiansPerSecond = 48
    }

    /// The unit of `pixdim[1...3]`, the qform and the sform.
    public var spaceUnit: SpaceUnit { SpaceUnit(rawValue: integer(.units) & 0x07) ?? .unknown }

    /// The unit of `pixdim[4]`.
    public var timeUnit: TimeUnit { TimeUnit(rawValue: integer(.units) & 0x38) ?? .unknown }

    /// `pixdim[0...7]` as stored, in the file's units; `pixdim[0]` is the qform's handedness.
    public var pixdim: [Double] { (0...7).map { real(.pixdim, at: $0) } }

    /// The distances between voxel centers along x, y and z in mm: always three numbers, the absolute values of
    /// `pixdim[1...3]`. The z of a 2D image is 1 mm if pixdim has none. A file can contain 0 or NaN: check
    /// `hasSpacing`.
    public var spacing: [Double] {
        let unit = spaceUnit.millimeters
        var spacing = (1...3).map { abs(real(.pixdim, at: $0)) * unit }
        if dimensions.count < 3, !(spacing[2] > 0 && spacing[2].isFinite) { spacing[2] = 1 }
        return spacing
    }

    /// Whether all of `spacing` is positive and finite, so that distances and volumes are meaningful.
    public var hasSpacing: Bool { spacing.allSatisfy { $0 > 0 && $0.isFinite } }

    /// The coordinate system of the qform; 0 means no qform.
    public var qformCode: Int { integer(.qformCode) }

    /// The coordinate system of the sform; 0 means no sform.
    public var sformCode: Int { integer(.sformCode) }

    /// The sform, row by row, 4 × 4, from voxel indices (x, y, z, 1) to the file's units.
    public var sform: [Double] { (0..<12).map { real(.sform, at: $0) } + [0, 0, 0, 1] }

    /// The qform, row by row, 4 × 4, from voxel indices (x, y, z, 1) to the file's units
    /// (method 2 of nifti1.h: a quaternion, pixdim, and the handedness in `pixdim[0]`).
    public var qform: [Double] {
        var b = real(.quaternion, at: 0)
        var c = real(.quaternion, at: 1)
        var d = real(.quaternion, at: 2)
        var a = 1 - (b * b + c * c + d * d)
        if a < 1e-7 {
            // A half turn, or a vector slightly too long through rounding: nifti1.h normalizes it.
            let length = (b * b + c * c + d * d).squareRoot()
            b /= length
            c /= length
            d /= length
            a = 0
        } else {
            a = a.squareRoot()
        }
        let rotation = [
            a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c),
            2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
            2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c,
        ]
        let pixdim = pixdim
        let steps = [pixdim[1], pixdim[2], pixdim[0] < 0 ? -pixdim[3] : pixdim[3]]
        var affine = [Double](repeating: 0, count: 16)
        for row in 0..<3 {
            for column in 0..<3 { affine[row * 4 + column] = rotation[row * 3 + column] * steps[column] }
            affine[row * 4 + 3] = real(.qformOffset, at: row)
        }
        affine[15] = 1
        return affine
    }

    /// The affine from voxel indices to coordinates, row by row, 4 × 4: the sform if it has a code, else the qform,
    /// else the diagonal of `pixdim` (method 1 of nifti1.h). Use `spacing` for millimeters: in ACDC the affine has
    /// none.
    public var affine: [Double] {
        if sformCode > 0 { return sform }
        if qformCode > 0 { return qform }
        let pixdim = pixdim
        return [pixdim[1], 0, 0, 0, 0, pixdim[2], 0, 0, 0, 0, pixdim[3], 0, 0, 0, 0, 1]
    }

    /// Replaces the sform with `affine` (4 × 4, row by row, in the file's units) and its code.
    public mutating func setSform(_ affine: [Double], code: Int) {
        precondition(affine.count == 16, "an affine is 4 × 4")
        for index in 0..<12 { store(affine[index], in: .sform, at: index) }
        store(code, in: .sformCode)
    }
}
