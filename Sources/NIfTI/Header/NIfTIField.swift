/// The place and type of a header field in each version of the standard (nifti1.h and nifti2.h of nifti.nimh.nih.gov).
struct NIfTIField: Sendable {
    enum Kind { case uint8, int16, int32, int64, float32, float64 }
    typealias Place = (offset: Int, kind: Kind)

    let one: Place
    let two: Place

    init(_ offset1: Int, _ kind1: Kind, _ offset2: Int, _ kind2: Kind) {
        one = (offset1, kind1)
        two = (offset2, kind2)
    }

    static let headerSize = NIfTIField(0, .int32, 0, .int32)
    static let dim = NIfTIField(40, .int16, 16, .int64)
    static let intentParameters = NIfTIField(56, .float32, 80, .float64)
    static let intentCode = NIfTIField(68, .int16, 504, .int32)
    static let datatype = NIfTIField(70, .int16, 12, .int16)
    static let bitsPerVoxel = NIfTIField(72, .int16, 14, .int16)
    static let pixdim = NIfTIField(76, .float32, 104, .float64)
    static let voxelOffset = NIfTIField(108, .float32, 168, .int64)
    static let slope = NIfTIField(112, .float32, 176, .float64)
    static let intercept = NIfTIField(116, .float32, 184, .float64)
    static let units = NIfTIField(123, .uint8, 500, .int32)
    static let displayMaximum = NIfTIField(124, .float32, 192, .float64)
    static let displayMinimum = NIfTIField(128, .float32, 200, .float64)
    static let qformCode = NIfTIField(252, .int16, 344, .int32)
    static let sformCode = NIfTIField(254, .int16, 348, .int32)
    static let quaternion = NIfTIField(256, .float32, 352, .float64)
    static let qformOffset = NIfTIField(268, .float32, 376, .float64)
    static let sform = NIfTIField(280, .float32, 400, .float64)
}

extension NIfTIField.Kind {
    var size: Int {
        switch self {
        case .uint8: 1
        case .int16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }
}

extension NIfTIHeader {
    /// Returns element `index` of a field as an integer; for a real field, its integer part (saturating; NaN gives 0).
    func integer(_ field: NIfTIField, at index: Int = 0) -> Int {
        let (offset, kind) = place(field, index)
        switch kind {
        case .uint8: return Int(bytes[offset])
        case .int16: return Int(Int16(niftiBits: bits(offset)))
        case .int32: return Int(Int32(niftiBits: bits(offset)))
        case .int64: return Int(Int64(niftiBits: bits(offset)))
        case .float32, .float64:
            let value = real(field, at: index)
            return value.isNaN ? 0 : Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
        }
    }

    /// Returns element `index` of a field as a real number.
    func real(_ field: NIfTIField, at index: Int = 0) -> Double {
        let (offset, kind) = place(field, index)
        switch kind {
        case .float32: return Double(Float(niftiBits: bits(offset)))
        case .float64: return Double(niftiBits: bits(offset))
        case .uint8, .int16, .int32, .int64: return Double(integer(field, at: index))
        }
    }

    /// Writes element `index` of a field. The value must fit (a precondition).
    mutating func store(_ value: Int, in field: NIfTIField, at index: Int = 0) {
        let (offset, kind) = place(field, index)
        switch kind {
        case .uint8: bytes[offset] = UInt8(value)
        case .int16: put(Int16(value), at: offset)
        case .int32: put(Int32(value), at: offset)
        case .int64: put(Int64(value), at: offset)
        case .float32: put(Float(value), at: offset)
        case .float64: put(Double(value), at: offset)
        }
    }

    /// Writes element `index` of a real field.
    mutating func store(_ value: Double, in field: NIfTIField, at index: Int = 0) {
        let (offset, kind) = place(field, index)
        switch kind {
        case .float32: put(Float(value), at: offset)
        case .float64: put(value, at: offset)
        case .uint8, .int16, .int32, .int64: preconditionFailure("an integer field takes an integer")
        }
    }

    /// Whether the file's byte order differs from this machine's.
    var isSwapped: Bool { byteOrder != .native }

    private func place(_ field: NIfTIField, _ index: Int) -> NIfTIField.Place {
        let (offset, kind) = version == .one ? field.one : field.two
        return (offset + index * kind.size, kind)
    }

    private func bits<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> T {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        return isSwapped ? value.byteSwapped : value
    }

    private mutating func put<T: NIfTIScalar>(_ value: T, at offset: Int) {
        let bits = isSwapped ? value.niftiBits.byteSwapped : value.niftiBits
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: bits, toByteOffset: offset, as: T.NIfTIBits.self) }
    }
}
